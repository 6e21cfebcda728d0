using System.Globalization;
using System.Text;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Counts rejected messages and says which and why, at most ten times a second; one line then tells how many it left out.
/// A flood of bad messages does not become a flood of lines.
/// </summary>
/// <param name="counters">Counts them.</param>
/// <param name="clock">Gives the seconds.</param>
/// <param name="logger">Takes the lines.</param>
internal sealed partial class RejectionLog(ServiceCounters counters, TimeProvider clock, ILogger<RejectionLog> logger)
{
    private const int LinesASecond = 10;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private ITimer? windowEnd;
    private int lines;
    private int leftOut;

    /// <summary>Counts and logs a rejection.</summary>
    /// <param name="sender">The device's id as the topic names it; it may hold anything.</param>
    /// <param name="reason">Why, in one line.</param>
    public void Reject(string sender, string reason)
    {
        counters.CountRejected();
        lock (gate)
        {
            windowEnd ??= clock.CreateTimer(_ => EndWindow(), null, Window, Timeout.InfiniteTimeSpan);
            if (lines == LinesASecond)
            {
                leftOut++;
                return;
            }

            lines++;
        }

        LogRejected(Visible(sender), Visible(reason));
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
            LogLeftOut(count);
        }
    }

    // Ids come from the network: what is no visible character is escaped, and what is long is cut, or one could forge log lines.
    private static string Visible(string text)
    {
        const int Longest = 200;
        var visible = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (var letter in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            if (IsVisible(letter))
            {
                visible.Append(letter);
            }
            else
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
        }

        return text.Length > Longest ? visible.Append('…').ToString() : visible.ToString();
    }

    private static bool IsVisible(char letter) =>
        char.GetUnicodeCategory(letter)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
            );

    [LoggerMessage(LogLevel.Warning, "Rejected a message of {Sender}: {Reason}.")]
    private partial void LogRejected(string sender, string reason);

    [LoggerMessage(LogLevel.Warning, "Rejected {Count} more messages within a second.")]
    private partial void LogLeftOut(int count);
}
