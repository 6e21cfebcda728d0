using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Twins;

/// <summary>
/// Joins answers that wait at the same time into one transaction, at most one answer of each device. Where none waits, an answer goes by itself and at once;
/// so does one of a device whose last answer failed.
/// </summary>
/// <param name="answers">Applies them.</param>
public sealed class AnswerBatches(Answers answers)
{
    // So many lists of snaps hold their devices' rows for a tenth of a second or so.
    private const int Most = 64;

    // While one transaction waits for the store, another is made ready.
    private const int AtOnce = 2;

    private readonly Lock gate = new();
    private readonly LinkedList<Waiting> queue = [];

    // With one more all are forgotten: their next answers fail among others once more.
    private const int MostSuspects = 10_000;
    private readonly HashSet<string> suspects = new(StringComparer.Ordinal);
    private int working;

    /// <inheritdoc cref="IIntake.ApplyAsync" />
    public Task<string?> ApplyAsync(Answer answer, CancellationToken cancellationToken)
    {
        var mine = new Waiting(answer, cancellationToken);
        lock (gate)
        {
            queue.AddLast(mine);
            if (working < AtOnce)
            {
                working++;
                _ = Task.Run(WorkAsync, CancellationToken.None);
            }
        }

        return mine.Done.Task;
    }

    private async Task WorkAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await ApplyAsync(batch);
        }
    }

    private List<Waiting> Take()
    {
        var batch = new List<Waiting>();
        var devices = new HashSet<string>(StringComparer.Ordinal);
        lock (gate)
        {
            for (var node = queue.First; node is not null && batch.Count < Most; )
            {
                var (waiting, next) = (node, node.Next);
                var isSuspect = suspects.Contains(waiting.Value.Answer.DeviceId);
                if ((!isSuspect || batch.Count == 0) && devices.Add(waiting.Value.Answer.DeviceId))
                {
                    batch.Add(waiting.Value);
                    queue.Remove(waiting);
                    if (isSuspect)
                    {
                        break;
                    }
                }

                node = next;
            }

            working -= batch.Count == 0 ? 1 : 0;
        }

        return batch;
    }

    private async Task ApplyAsync(List<Waiting> batch)
    {
        try
        {
            await Halves.HandleAsync(
                batch,
                ApplyAsync,
                (waiting, fault, _) =>
                {
                    Suspect(waiting.Answer.DeviceId);
                    waiting.Done.TrySetException(fault);
                    return Task.CompletedTask;
                },
                batch[0].CancellationToken
            );
        }
        catch (Exception away) when (batch[0].CancellationToken.IsCancellationRequested || StoreFault.IsAway(away))
        {
            // Each of those who wait decides what to do about it; those that are done stay done.
            batch.ForEach(waiting => waiting.Done.TrySetException(away));
        }
    }

    private async Task ApplyAsync(IReadOnlyList<Waiting> batch, CancellationToken cancellationToken)
    {
        var outcomes = await answers.ApplyAsync([.. batch.Select(waiting => waiting.Answer)], cancellationToken);
        foreach (var (waiting, outcome) in batch.Zip(outcomes))
        {
            Trust(waiting.Answer.DeviceId);
            waiting.End(outcome);
        }
    }

    private void Suspect(string deviceId)
    {
        lock (gate)
        {
            if (suspects.Count >= MostSuspects)
            {
                suspects.Clear();
            }

            suspects.Add(deviceId);
        }
    }

    private void Trust(string deviceId)
    {
        lock (gate)
        {
            suspects.Remove(deviceId);
        }
    }

    private sealed record Waiting(Answer Answer, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<string?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End(AnswerOutcome outcome)
        {
            if (outcome.IsHeld)
            {
                Done.TrySetException(new DeviceHeldException(Answer.DeviceId));
            }
            else
            {
                Done.TrySetResult(outcome.Rejection);
            }
        }
    }
}

/// <summary>What became of an answer.</summary>
/// <param name="Rejection">Why it was rejected, in one line; null where it was taken.</param>
/// <param name="IsHeld">Whether somebody else holds the device's row: nothing was changed, try again.</param>
public readonly record struct AnswerOutcome(string? Rejection, bool IsHeld = false);
