using System.Buffers;
using System.Diagnostics;
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

    // Where so much comes, a read a millisecond brings many packets, and one as soon as there is something brings one.
    private const int CrowdBytesPerMillisecond = 512;
    private static readonly TimeSpan Measured = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan CrowdPause = TimeSpan.FromMilliseconds(1);

    private readonly byte[] buffer = new byte[Capacity];
    private readonly SemaphoreSlim turn = new(1);
    private readonly Task<int>?[] counts = new Task<int>?[1024];
    private int start;
    private int end;
    private bool isWithinPacket;
    private long measuredSince;
    private long measuredBytes;
    private bool isCrowd;

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
            await inner.WriteAsync(buffer, isEndOfPacket, cancellationToken);
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
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task WritePacketsAsync(ReadOnlyMemory<byte> packets, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await inner.WriteAsync(new ReadOnlySequence<byte>(packets), isEndOfPacket: true, cancellationToken);
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
        var elapsed = Stopwatch.GetElapsedTime(measuredSince);
        if (elapsed > Measured)
        {
            isCrowd = measuredBytes > elapsed.TotalMilliseconds * CrowdBytesPerMillisecond;
            (measuredSince, measuredBytes) = (Stopwatch.GetTimestamp(), 0);
        }

        if (isCrowd)
        {
            await Task.Delay(CrowdPause, TimeProvider.System, cancellationToken);
        }

        end = await inner.ReadAsync(buffer, 0, Capacity, cancellationToken);
        start = 0;
        measuredBytes += end;
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
