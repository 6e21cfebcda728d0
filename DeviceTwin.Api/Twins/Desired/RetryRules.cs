using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>How often and how soon a step is tried again.</summary>
/// <param name="Attempts">How often a step is tried before it is given up, 1 or more.</param>
/// <param name="Backoff">From the end of the first try to the second; doubles with every further try, up to an hour.</param>
public sealed record RetryRules(int Attempts, TimeSpan Backoff)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>Pauses differ by this share either way, so that devices that failed together do not try again together.</summary>
    private const double Jitter = 0.2;

    /// <summary>From when (UTC) a step may be tried again; null when it was not tried yet.</summary>
    /// <param name="tries">The tries at this step, the oldest first.</param>
    public DateTime? DueAt(IReadOnlyList<Attempt> tries)
    {
        ArgumentNullException.ThrowIfNull(tries);
        return tries.Count == 0 ? null : tries[^1].EndedAt + Pause(tries.Count, tries[^1].ActionId);
    }

    /// <summary>Why a step is not tried any more; null when it is.</summary>
    /// <param name="tries">The tries at this step, the oldest first.</param>
    public string? GivenUp(IReadOnlyList<Attempt> tries)
    {
        ArgumentNullException.ThrowIfNull(tries);
        if (tries.Count < Attempts)
        {
            return null;
        }

        var last = tries[^1];
        var reason = last switch
        {
            { Status: ActionStatus.Completed } => "the device says that it did it, its snap list does not show it",
            // A snap's hook may name the configuration that it refuses, and who may not see that may see the reason.
            { Kind: ActionKind.Setconf, Status: ActionStatus.Failed } => "refused, see the action's message",
            { Message: { Length: > 0 } message } => message,
            { Status: ActionStatus.TimedOut } => "the device did not answer in time",
            _ => "the device gave no reason",
        };
        return $"{last.Kind.ToProtocol()} {last.Snap}: {reason}";
    }

    private TimeSpan Pause(int tries, string actionId)
    {
        var doubled = Math.Min(Backoff.TotalSeconds * Math.Pow(2, tries - 1), LongestPause.TotalSeconds);
        var share = (double)BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(actionId)));
        return TimeSpan.FromSeconds(doubled * (1 - Jitter + (2 * Jitter * share / uint.MaxValue)));
    }
}
