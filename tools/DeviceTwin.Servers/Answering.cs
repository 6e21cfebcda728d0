using System.Diagnostics;

namespace DeviceTwin.Servers;

/// <summary>Waits until a server that was started answers.</summary>
public static class Answering
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until it answers.</summary>
    /// <param name="answers">Whether it answers.</param>
    /// <param name="server">What it is called.</param>
    /// <param name="process">Its process.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerException">It ended, or did not answer for half a minute; the message holds what it wrote.</exception>
    public static async Task WaitAsync(
        Func<Task<bool>> answers,
        string server,
        GuardedProcess process,
        CancellationToken cancellationToken = default
    )
    {
        var started = Stopwatch.GetTimestamp();
        while (!await answers())
        {
            if (process.HasEnded)
            {
                throw new ServerException($"{server} ended:\n{process.Output}");
            }

            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new ServerException($"{server} does not answer after {Limit.TotalSeconds} s:\n{process.Output}");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
