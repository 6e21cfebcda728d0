namespace DeviceTwin.Api.Hosting;

/// <summary>Lets ten lines a second into a log and tells how many it left out: a flood of faults does not become a flood of lines.</summary>
/// <param name="clock">Gives the seconds.</param>
/// <param name="tellLeftOut">Told at the end of a second how many lines were left out, where any were.</param>
internal sealed class LineLimit(TimeProvider clock, Action<int> tellLeftOut)
{
    private const int LinesASecond = 10;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private ITimer? windowEnd;
    private int lines;
    private int leftOut;

    /// <summary>Whether a line may be written now; counts it as left out where not.</summary>
    public bool TryTake()
    {
        lock (gate)
        {
            windowEnd ??= clock.CreateTimer(_ => EndWindow(), null, Window, Timeout.InfiniteTimeSpan);
            if (lines == LinesASecond)
            {
                leftOut++;
                return false;
            }

            lines++;
            return true;
        }
    }

    private void EndWindow()
    {
        int count;
        lock (gate)
        {
            windowEnd?.Dispose();
            windowEnd = null;
            (count, lines, leftOut) = (leftOut, 0, 0);
        }

        if (count > 0)
        {
            tellLeftOut(count);
        }
    }
}
