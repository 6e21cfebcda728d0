using System.Net;
using System.Net.Sockets;
using MQTTnet.Channel;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Connects to the broker, for MQTTnet, which puts TLS on top where it is wanted.</summary>
/// <param name="clock">Paces what is read.</param>
internal sealed class BrokerSockets(TimeProvider clock) : IMqttClientStreamProvider
{
    // The system counts some kilobyte for each small packet: MQTTnet's 8 KB hold a dozen heartbeats, and the broker waits for us after each dozen.
    private const int BufferSize = 1024 * 1024;

    /// <inheritdoc/>
    public async Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken)
    {
#pragma warning disable CA2000 // The stream owns it.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
#pragma warning restore CA2000
        try
        {
            socket.NoDelay = true;
            socket.ReceiveBufferSize = socket.SendBufferSize = BufferSize;
            // A connection that is given up is over at once, as MQTTnet has it.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            await socket.ConnectAsync(brokerEndPoint, cancellationToken);
            return new PacedStream(socket, clock);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
