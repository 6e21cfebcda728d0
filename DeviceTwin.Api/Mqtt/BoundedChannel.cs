using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// A connection whose packets have a bound. MQTTnet makes room for a packet by the length that its first bytes tell, up to 256 MB,
/// before anything else of it has come; here these bytes are looked at first.
/// </summary>
/// <param name="inner">The connection.</param>
/// <param name="limit">The longest packet, in bytes.</param>
/// <param name="begun">Told once the first packet is there.</param>
internal sealed class BoundedChannel(IMqttChannel inner, int limit, Action begun) : IMqttChannel
{
    private const byte Continues = 0x80;
    private const int LengthBits = 7;
    private const int MostLengthBits = 4 * LengthBits;

    private bool isWithinHeader;
    private bool hasBegun;
    private int length;
    private int bits;
    private int missing;

    /// <inheritdoc/>
    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    /// <inheritdoc/>
    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    /// <inheritdoc/>
    public bool IsSecureConnection => inner.IsSecureConnection;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="MqttProtocolViolationException">A packet is longer than the bound.</exception>
    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, offset, count, cancellationToken);
        Measure(buffer.AsSpan(offset, read));
        return read;
    }

    /// <inheritdoc/>
    public Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, isEndOfPacket, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private void Measure(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var taken = missing == 0 ? 1 : Math.Min(missing, bytes.Length);
            if (missing > 0)
            {
                missing -= taken;
                EndPacket();
            }
            else if (isWithinHeader)
            {
                ReadLength(bytes[0]);
            }
            else
            {
                (isWithinHeader, length, bits) = (true, 0, 0);
            }

            bytes = bytes[taken..];
        }
    }

    // Seven bits a byte, the lowest first.
    private void ReadLength(byte next)
    {
        length |= (next & ~Continues) << bits;
        bits += LengthBits;
        if (length > limit || bits > MostLengthBits)
        {
            throw new MqttProtocolViolationException($"A packet of more than {limit} bytes is not read.");
        }

        if ((next & Continues) == 0)
        {
            (isWithinHeader, missing) = (false, length);
            EndPacket();
        }
    }

    private void EndPacket()
    {
        if (missing == 0 && !hasBegun)
        {
            hasBegun = true;
            begun();
        }
    }
}
