using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DeviceTwin.Api.GraphQL.Transport;
using GraphQL;

namespace DeviceTwin.Tests.GraphQL.Transport;

/// <summary>A source that tests feed by hand, and that counts who listens and what was asked of it.</summary>
public sealed class Feed
{
    private readonly Lock listening = new();
    private readonly List<Channel<string>> listeners = [];
    private int yielded;

    public int Listeners
    {
        get
        {
            lock (listening)
            {
                return listeners.Count;
            }
        }
    }

    public int Yielded => Volatile.Read(ref yielded);

    public void Publish(string text)
    {
        lock (listening)
        {
            listeners.ForEach(listener => Assert.True(listener.Writer.TryWrite(text)));
        }
    }

    public async IAsyncEnumerable<string> ListenAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var channel = Channel.CreateUnbounded<string>();
        lock (listening)
        {
            listeners.Add(channel);
        }

        try
        {
            await foreach (string text in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return text;
            }
        }
        finally
        {
            lock (listening)
            {
                listeners.Remove(channel);
            }
        }
    }

    public async IAsyncEnumerable<string> FloodAsync(
        int size,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        string text = new('x', size);
        while (!cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref yielded);
            yield return text;
            await Task.Yield();
        }
    }
}

public sealed class TransportQuery
{
    public static string Hello(string? name) => $"Hello {name ?? "world"}";

    public static string? Caller(IResolveFieldContext context) => context.User?.Identity?.Name;

    public static string? Broken() => throw new InvalidOperationException("secret");

    public static async Task<string> WaitAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return "never";
    }
}

public sealed class TransportMutation
{
    public static int Double(int number) => number * 2;
}

public sealed class TransportSubscription
{
    public static IAsyncEnumerable<int> Count(IResolveFieldContext context, int to) =>
        EventGate.Of(context).Through(CountAsync(to));

    public static IAsyncEnumerable<string> Feed(IResolveFieldContext context, [FromServices] Feed feed) =>
        EventGate.Of(context).Through(feed.ListenAsync());

    public static IAsyncEnumerable<string> Flood(IResolveFieldContext context, [FromServices] Feed feed, int size) =>
        EventGate.Of(context).Through(feed.FloodAsync(size));

    public static IAsyncEnumerable<string> Ungated([FromServices] Feed feed, int size) => feed.FloodAsync(size);

    public static IAsyncEnumerable<string> Refused() =>
        throw new ExecutionError("No such device.") { Code = "NOT_FOUND" };

    public static async IAsyncEnumerable<string> Broken()
    {
        await Task.Yield();
        yield return "first";
        throw new InvalidOperationException("secret");
    }

    private static async IAsyncEnumerable<int> CountAsync(int to)
    {
        await Task.Yield();
        for (int number = 1; number <= to; number++)
        {
            yield return number;
        }
    }
}
