using System.Net;
using System.Net.Sockets;

namespace DeviceTwin.Servers;

/// <summary>A real Mosquitto on a free port of 127.0.0.1, plain or with mutual TLS. It keeps its port and its sessions over a restart.</summary>
public sealed class MosquittoBroker : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-mosquitto-");
    private readonly BrokerFiles? tls;
    private readonly string[] settings;
    private GuardedProcess? process;

    private MosquittoBroker(BrokerFiles? tls, string[] settings)
    {
        this.tls = tls;
        this.settings = settings;
    }

    /// <summary>The host to connect to; with TLS the broker's certificate has to name it.</summary>
    public string Host => "localhost";

    /// <summary>The port to connect to.</summary>
    public int Port { get; private set; }

    /// <summary>What the broker logged since it was last started.</summary>
    public string Log => process?.Output ?? "";

    /// <summary>Starts a broker and waits until it listens.</summary>
    /// <param name="tls">For mutual TLS; null for a plain port. The files must outlive the broker.</param>
    /// <param name="settings">More lines for its configuration file, e.g. <c>max_inflight_messages 20</c>.</param>
    public static async Task<MosquittoBroker> StartAsync(BrokerFiles? tls = null, params string[] settings)
    {
        var broker = new MosquittoBroker(tls, settings);
        // Another process may take a free port before Mosquitto does: try some.
        for (var attempt = 1; !await broker.TryStartAsync(FreePort()); attempt++)
        {
            if (attempt == 5)
            {
                throw new ServerException($"Mosquitto did not start:\n{broker.Log}");
            }
        }

        return broker;
    }

    /// <summary>Ends the broker; clients lose their connections.</summary>
    public async Task StopAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }
    }

    /// <summary>Starts it again on the same port, after <see cref="StopAsync"/>.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        if (!await TryStartAsync(Port))
        {
            throw new ServerException($"Mosquitto did not start again:\n{Log}");
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Delete(recursive: true);
    }

    private async Task<bool> TryStartAsync(int port)
    {
        var program =
            Commands.Find("mosquitto")
            ?? throw new ServerException("Mosquitto was not found. Install it (apt install mosquitto).");
        Port = port;
        var file = Path.Combine(folder.FullName, "mosquitto.conf");
        await File.WriteAllLinesAsync(file, Configuration());
        process = GuardedProcess.Start([program, "-c", file]);
        await Answering.WaitAsync(async () => process.HasEnded || await ListensAsync(port), "Mosquitto", process);
        return !process.HasEnded;
    }

    private IEnumerable<string> Configuration()
    {
        yield return $"listener {Port} 127.0.0.1";
        yield return "allow_anonymous true";
        yield return "persistence true";
        yield return $"persistence_location {folder.FullName}/";
        yield return "log_dest stderr";
        // Started as root it would become another user, who cannot read our folder.
        yield return $"user {Environment.UserName}";
        if (tls is not null)
        {
            yield return $"cafile {tls.Authority}";
            yield return $"certfile {tls.Certificate}";
            yield return $"keyfile {tls.Key}";
            yield return "require_certificate true";
        }

        foreach (var setting in settings)
        {
            yield return setting;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
