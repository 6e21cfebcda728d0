using System.Net;
using System.Net.Sockets;

namespace DeviceTwin.Bench.Surroundings;

/// <summary>Ports for programs that cannot be told to take any.</summary>
internal static class FreePort
{
    /// <summary>A port of 127.0.0.1 on which nothing listens now.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
