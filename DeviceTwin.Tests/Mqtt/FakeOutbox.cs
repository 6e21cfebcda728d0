using System.Collections.Concurrent;
using System.Diagnostics;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data.Actions;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>An outbox in memory that keeps the seam's promises: what is claimed is not claimed again unless it is released.</summary>
internal sealed class FakeOutbox : IOutbox
{
    private readonly ConcurrentQueue<OutgoingAction> due = new();
    private readonly ConcurrentQueue<OutgoingAction> later = new();
    private readonly TimeSpan pause = TimeSpan.FromMilliseconds(500);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int claims;

    public Task Next => next.Task;

    public int Claims => claims;

    /// <summary>Hears of each claim that gives something.</summary>
    public Action Claimed { get; set; } = () => { };

    public ConcurrentQueue<OutgoingAction> Sent { get; } = new();

    public ConcurrentQueue<OutgoingAction> Released { get; } = new();

    public ConcurrentQueue<OutgoingAction> Deferred { get; } = new();

    public void Add(string actionId, string deviceId, ActionKind kind, string? snap = null, string? data = null)
    {
        due.Enqueue(new OutgoingAction(due.Count + 1, actionId, deviceId, kind, snap, data));
        Interlocked
            .Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .TrySetResult();
    }

    public Task<IReadOnlyList<OutgoingAction>> ClaimAsync(
        int most,
        ExcludedItems excluded,
        CancellationToken cancellationToken
    )
    {
        Interlocked.Increment(ref claims);
        var claimed = new List<OutgoingAction>();
        if (due.IsEmpty && clock.Elapsed > pause)
        {
            clock.Restart();
            while (later.TryDequeue(out var deferred))
            {
                due.Enqueue(deferred);
            }
        }

        for (var left = due.Count; left > 0 && claimed.Count < most && due.TryDequeue(out var action); left--)
        {
            if (excluded.Contains(action.Key))
            {
                due.Enqueue(action);
            }
            else
            {
                claimed.Add(action);
            }
        }

        if (claimed.Count > 0)
        {
            Claimed();
        }

        return Task.FromResult<IReadOnlyList<OutgoingAction>>(claimed);
    }

    public Task MarkSentAsync(IReadOnlyList<OutgoingAction> messages, CancellationToken cancellationToken)
    {
        foreach (var action in messages)
        {
            Sent.Enqueue(action);
        }

        return Task.CompletedTask;
    }

    public Task ReleaseAsync(IReadOnlyList<OutgoingAction> messages, CancellationToken cancellationToken)
    {
        foreach (var action in messages)
        {
            Released.Enqueue(action);
            due.Enqueue(action);
        }

        return Task.CompletedTask;
    }

    public Task DeferAsync(IReadOnlyList<OutgoingAction> messages, CancellationToken cancellationToken)
    {
        foreach (var action in messages)
        {
            Deferred.Enqueue(action);
            later.Enqueue(action);
        }

        return Task.CompletedTask;
    }
}
