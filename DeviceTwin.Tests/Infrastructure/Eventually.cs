using System.Diagnostics;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>Waits for a thing itself, with a limit, instead of sleeping.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until <paramref name="condition"/> holds; fails with <paramref name="what"/> when it never does.</summary>
    /// <param name="condition">What must become true. An exception that it throws fails the test at once.</param>
    /// <param name="what">The sentence that should have come true; asked for when it has not.</param>
    /// <param name="limit">How long to ask; 20 seconds where not said.</param>
    public static async Task BecomesTrueAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(what);
        var allowed = limit ?? Limit;
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > allowed)
            {
                Assert.Fail($"This did not come true within {allowed.TotalSeconds} s: {what()}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="BecomesTrueAsync(Func{Task{bool}}, Func{string}, TimeSpan?)" />
    public static Task BecomesTrueAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null) =>
        BecomesTrueAsync(condition, () => what, limit);

    /// <inheritdoc cref="BecomesTrueAsync(Func{Task{bool}}, Func{string}, TimeSpan?)" />
    public static Task BecomesTrueAsync(Func<bool> condition, string what, TimeSpan? limit = null) =>
        BecomesTrueAsync(() => Task.FromResult(condition()), () => what, limit);
}
