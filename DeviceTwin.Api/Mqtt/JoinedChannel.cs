using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The bytes of a connection, read and written many packets at a time. MQTTnet reads each packet by two calls of the system and writes each by one, which
/// is most of what a small message costs.
/// </summary>
/// <param name="inner">The connection.</param>
internal sealed class JoinedChannel(IMqttChannel inner) : IMqttChannel
{
    private const int Capacity = 64 * 1024;

    private readonly byte[] buffer = new byte[Capacity];
    private readonly SemaphoreSlim turn = new(1);
    private readonly Task<int>?[] counts = new Task<int>?[1024];
    private int start;
    private int end;
    private bool isWithinPacket;

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
    public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (start < end)
        {
            return CountOf(Take(buffer.AsSpan(offset, count)));
        }

        // What is larger than the buffer gains nothing by it.
        return count >= Capacity
            ? inner.ReadAsync(buffer, offset, count, cancellationToken)
            : FillAsync(buffer.AsMemory(offset, count), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>The token ends the wait for the turn, not the writing; who wants to end that ends the connection.</remarks>
    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        if (!isWithinPacket)
        {
            await turn.WaitAsync(cancellationToken);
        }

        isWithinPacket = false;
        var isWritten = false;
        try
        {
            // What was begun is written to its end, even when its sender has given up: behind half a packet all others would be taken for its rest.
            await inner.WriteAsync(buffer, isEndOfPacket, CancellationToken.None);
            isWritten = true;
        }
        finally
        {
            // The rest of a packet in parts comes by further calls, and nothing may come between.
            isWithinPacket = isWritten && !isEndOfPacket;
            if (!isWithinPacket)
            {
                turn.Release();
            }
        }
    }

    /// <summary>Writes whole packets at once, between those that MQTTnet writes.</summary>
    /// <param name="packets">Their bytes.</param>
    /// <param name="cancellationToken">Ends the wait for the turn.</param>
    public async Task WritePacketsAsync(ReadOnlyMemory<byte> packets, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await inner.WriteAsync(new ReadOnlySequence<byte>(packets), isEndOfPacket: true, CancellationToken.None);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        inner.Dispose();
        turn.Dispose();
    }

    private async Task<int> FillAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        end = await inner.ReadAsync(buffer, 0, Capacity, cancellationToken);
        start = 0;
        return Take(target.Span);
    }

    private int Take(Span<byte> target)
    {
        var count = Math.Min(target.Length, end - start);
        buffer.AsSpan(start, count).CopyTo(target);
        start += count;
        return count;
    }

    // Two tasks a packet, and only few different results.
    private Task<int> CountOf(int count) =>
        count < counts.Length ? counts[count] ??= Task.FromResult(count) : Task.FromResult(count);
}
