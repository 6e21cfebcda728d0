using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The bytes of a connection, read and written many packets at a time. MQTTnet reads each packet by two calls of the system and writes each by one, which
/// is most of what a small message costs. The end of the connection ends every write, also those that wait for their turn.
/// </summary>
/// <param name="inner">The connection.</param>
/// <param name="clock">Measures how long a write takes.</param>
internal sealed class JoinedChannel(IMqttChannel inner, TimeProvider clock) : IMqttChannel
{
    private const int Capacity = 64 * 1024;
    private const long Free = long.MinValue;

    private readonly byte[] buffer = new byte[Capacity];
#pragma warning disable CA2213 // Disposing it would leave those who wait for it waiting for ever, and it holds nothing that has to be given back.
    private readonly SemaphoreSlim turn = new(1);
#pragma warning restore CA2213
    private readonly EndSignal ended = new();
    private readonly Task<int>?[] counts = new Task<int>?[1024];
    private int start;
    private int end;
    private bool isWithinPacket;
    private long turnTakenAt = Free;

    /// <summary>For how long the packet that is being written has been under way; zero while nothing is written.</summary>
    public TimeSpan WriteTime =>
        Volatile.Read(ref turnTakenAt) is var at and not Free ? clock.GetElapsedTime(at) : TimeSpan.Zero;

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
    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        ended.Raise();
        return inner.DisconnectAsync(cancellationToken);
    }

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
    /// <exception cref="MqttCommunicationException">The connection has ended.</exception>
    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        if (!isWithinPacket)
        {
            await TakeTurnAsync(cancellationToken);
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
                GiveTurn();
            }
        }
    }

    /// <summary>Writes whole packets at once, between those that MQTTnet writes.</summary>
    /// <param name="packets">Their bytes.</param>
    /// <param name="cancellationToken">Ends the wait for the turn.</param>
    /// <exception cref="MqttCommunicationException">The connection has ended.</exception>
    public async Task WritePacketsAsync(ReadOnlyMemory<byte> packets, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken);
        try
        {
            await inner.WriteAsync(new ReadOnlySequence<byte>(packets), isEndOfPacket: true, CancellationToken.None);
        }
        finally
        {
            GiveTurn();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ended.Raise();
        inner.Dispose();
    }

    private async ValueTask TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (!turn.Wait(0, CancellationToken.None))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended.Token);
            try
            {
                await turn.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new MqttCommunicationException("The connection has ended.");
            }
        }

        Volatile.Write(ref turnTakenAt, clock.GetTimestamp());
    }

    private void GiveTurn()
    {
        Volatile.Write(ref turnTakenAt, Free);
        turn.Release();
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
