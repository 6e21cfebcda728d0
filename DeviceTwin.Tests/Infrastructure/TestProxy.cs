using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>A TCP proxy on a port of its own that cuts connections, or takes bytes and passes none on.</summary>
internal sealed class TestProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<TcpClient, byte> sockets = new();
    private readonly int target;
    private readonly Task accepting;
    private volatile TaskCompletionSource passing = Done();

    public TestProxy(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>The port to connect to.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many connections were made.</summary>
    public int Connections { get; private set; }

    /// <summary>Ends every connection.</summary>
    public void Cut()
    {
        foreach (var socket in sockets.Keys)
        {
            socket.Dispose();
        }
    }

    /// <summary>Nothing is passed on or read any more, as on a network that drops every packet, until <see cref="Pass"/>.</summary>
    public void Hold() => passing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends <see cref="Hold"/>.</summary>
    public void Pass() => passing.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        Pass();
        listener.Stop();
        Cut();
        await accepting;
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptTcpClientAsync(stopping.Token);
                Connections++;
                _ = PassAsync(near);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using var closing = near;
        sockets[near] = sockets[far] = 0;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, target, stopping.Token);
            await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
        }
        catch (Exception gone) when (gone is OperationCanceledException or SocketException)
        {
            // The broker is away, or the test is over.
        }
        finally
        {
            sockets.TryRemove(near, out _);
            sockets.TryRemove(far, out _);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                await passing.Task;
                var read = await from.GetStream().ReadAsync(buffer, stopping.Token);
                await passing.Task;
                if (read == 0)
                {
                    return;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), stopping.Token);
            }
        }
        catch (Exception gone)
            when (gone
                    is OperationCanceledException
                        or IOException
                        or ObjectDisposedException
                        or InvalidOperationException
            )
        {
            // Cut.
        }
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
