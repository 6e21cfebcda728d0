using System.Collections.Concurrent;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Api.Twins.SetAside;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>Desired documents in memory.</summary>
internal sealed class FakeDesiredOutbox : IDesiredOutbox
{
    private readonly ConcurrentQueue<OutgoingDocument> due = new();
    private int sentAllAgain;

    public Task Next { get; } = new TaskCompletionSource().Task;

    /// <summary>How often all were to be sent again.</summary>
    public int SentAllAgain => Volatile.Read(ref sentAllAgain);

    public ConcurrentQueue<OutgoingDocument> Sent { get; } = new();

    public void Add(string deviceId, int version, string? properties) =>
        due.Enqueue(new OutgoingDocument(due.Count, deviceId, version, properties, default));

    public Task<IReadOnlyList<OutgoingDocument>> ClaimAsync(
        int most,
        ExcludedItems excluded,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<OutgoingDocument>>(due.TryDequeue(out var document) ? [document] : []);

    public Task MarkSentAsync(IReadOnlyList<OutgoingDocument> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            Sent.Enqueue(message);
        }

        return Task.CompletedTask;
    }

    public Task ReleaseAsync(IReadOnlyList<OutgoingDocument> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            due.Enqueue(message);
        }

        return Task.CompletedTask;
    }

    public Task SendAllAgainAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref sentAllAgain);
        return Task.CompletedTask;
    }
}
