using System.Diagnostics;

namespace DeviceTwin.Bench.Load;

/// <summary>Does something at even intervals; what was late is made up for at once.</summary>
internal static class Pace
{
    /// <summary>Runs.</summary>
    /// <param name="interval">From one to the next.</param>
    /// <param name="time">For how long.</param>
    /// <param name="act">What to do; is told how many times it was done before.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many times it was done.</returns>
    public static async Task<int> RunAsync(
        TimeSpan interval,
        TimeSpan time,
        Func<int, Task> act,
        CancellationToken cancellationToken
    )
    {
        var started = Stopwatch.GetTimestamp();
        var count = 0;
        for (; count * interval < time; count++)
        {
            var early = (count * interval) - Stopwatch.GetElapsedTime(started);
            if (early > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(early, cancellationToken);
            }

            await act(count);
        }

        return count;
    }
}
