using System.Net;
using System.Net.Sockets;
using DeviceTwin.Api.Mqtt;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>A flood is read some at a time, and what comes by itself at once.</summary>
public sealed class PacedStreamTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly Socket sender;
    private readonly PacedStream stream;
    private readonly byte[] buffer = new byte[1024];

    public PacedStreamTests()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        sender = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        sender.Connect(listener.LocalEndpoint);
        stream = new PacedStream(listener.AcceptSocket(), clock);
    }

    public void Dispose()
    {
        stream.Dispose();
        sender.Dispose();
    }

    [Fact]
    public async Task In_a_flood_what_comes_during_a_pause_comes_together()
    {
        await FloodAsync();

        var read = ReadAsync();
        for (var message = 0; message < 10; message++)
        {
            await SendAsync();
        }

        Assert.False(read.IsCompleted);
        Assert.True(WakesAt() > 10, "none of it wakes a thread");
        await Eventually.BecomesTrueAsync(() => stream.Socket.Available == 10, "all are there");
        clock.Advance(PacedStream.Pause);

        Assert.Equal(10, await read);
        Assert.Equal(1, WakesAt());
    }

    [Fact]
    public async Task What_comes_now_and_then_is_read_at_once()
    {
        for (var message = 0; message < 2 * PacedStream.Flood; message++)
        {
            var read = ReadAsync();
            clock.Advance(TimeSpan.FromMilliseconds(5));
            await SendAsync();
            // Nobody moves the clock: a pause would have no end.
            Assert.Equal(1, await read);
        }
    }

    [Fact]
    public async Task After_a_flood_nothing_is_waited_for_any_more()
    {
        await FloodAsync();
        var last = ReadAsync();
        clock.Advance(PacedStream.Pause);
        clock.Advance(TimeSpan.FromSeconds(1));
        await SendAsync();
        await last;

        await SendAsync();
        Assert.Equal(1, await ReadAsync());
    }

    [Fact]
    public async Task A_pause_that_is_given_up_leaves_no_message_unread()
    {
        await FloodAsync();
        using var leaving = new CancellationTokenSource();
        var given = stream.ReadAsync(buffer, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        var read = ReadAsync();
        clock.Advance(PacedStream.Pause);
        await SendAsync();
        Assert.Equal(1, await read);
    }

    // SO_RCVLOWAT of Linux, on which the tests run.
    private int WakesAt()
    {
        var bytes = new byte[sizeof(int)];
        stream.Socket.GetRawSocketOption(1, 18, bytes);
        return BitConverter.ToInt32(bytes);
    }

    // The clock stands: each is read without a wait.
    private async Task FloodAsync()
    {
        for (var message = 0; message < PacedStream.Flood; message++)
        {
            await SendAsync();
            Assert.Equal(1, await ReadAsync());
        }
    }

    private async Task SendAsync() => await sender.SendAsync("x"u8.ToArray());

    private Task<int> ReadAsync() => stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
}
