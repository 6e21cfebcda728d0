using DeviceTwin.Data;

namespace DeviceTwin.Api.Twins;

/// <summary>
/// Joins answers that wait at the same time into one transaction, at most one answer of each device. Where none waits, an answer goes by itself and at once.
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
                if (devices.Add(waiting.Value.Answer.DeviceId))
                {
                    batch.Add(waiting.Value);
                    queue.Remove(waiting);
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
            var outcomes = await answers.ApplyAsync(
                [.. batch.Select(waiting => waiting.Answer)],
                batch[0].CancellationToken
            );
            foreach (var (waiting, outcome) in batch.Zip(outcomes))
            {
                waiting.End(outcome);
            }
        }
        catch (Exception refused) when (batch.Count > 1 && StoreFault.IsRefusedData(refused))
        {
            // One that can never be stored must not hold up the others: halves find it.
            var half = batch.Count / 2;
            await ApplyAsync(batch[..half]);
            await ApplyAsync(batch[half..]);
        }
        catch (Exception failed) when (batch.Count == 1 || !StoreFault.IsRefusedData(failed))
        {
            // Each of those who wait decides what to do about it.
            batch.ForEach(waiting => waiting.Done.TrySetException(failed));
        }
    }

    private sealed record Waiting(Answer Answer, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<string?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End(AnswerOutcome outcome)
        {
            if (outcome.IsHeld)
            {
                Done.TrySetException(new TimeoutException("Somebody else holds the device's row."));
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
