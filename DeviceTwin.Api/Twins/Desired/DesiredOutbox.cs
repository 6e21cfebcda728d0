using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Desired properties on their way to the topics on which the broker keeps them for their devices.</summary>
public interface IDesiredOutbox : IOutbox<OutgoingDocument>
{
    /// <summary>All are due again: the broker may have lost what it kept.</summary>
    /// <param name="cancellationToken">Rolls back.</param>
    Task SendAllAgainAsync(CancellationToken cancellationToken);
}

/// <summary>Desired properties as they go to their device.</summary>
/// <param name="TwinId"><see cref="DesiredDocument.TwinId"/>.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Version">The version.</param>
/// <param name="Properties">A JSON object; null where the twin is deleted, so that nothing may be kept for the device any more.</param>
/// <param name="DueAt">Since when it was due: marked only while nothing newer is.</param>
public sealed record OutgoingDocument(long TwinId, string DeviceId, int Version, string? Properties, DateTime DueAt)
    : IOutgoingMessage
{
    /// <inheritdoc />
    public string Key => SetAsideItem.KeyOf(TwinId);
}

/// <summary>The stored documents as an outbox.</summary>
/// <param name="store">The store.</param>
/// <param name="commits">Tells of commits, which may bring something to send.</param>
/// <param name="clock">Our clock.</param>
public sealed class DesiredOutbox(TwinStore store, CommitSignal commits, TimeProvider clock) : IDesiredOutbox
{
    /// <summary>How long one sender has a claimed document in hand: longer than any publish takes, so that versions do not overtake.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <inheritdoc />
    public Task Next => commits.Next;

    /// <inheritdoc />
    public async Task<IReadOnlyList<OutgoingDocument>> ClaimAsync(
        int most,
        ExcludedItems excluded,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(excluded);
        var now = clock.GetUtcNow().UtcDateTime;
        var ids = excluded.Ids();
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            // As with actions: a look without a write, whose commit would wake the sender again.
            if (!await DocumentStatements.AnyDueAsync(context, now, ids, cancellationToken))
            {
                return [];
            }
        }

        return await store.WriteAsync(
            (context, token) => ClaimAsync(context, now, most, ids, token),
            cancellationToken
        );
    }

    /// <inheritdoc />
    public Task MarkSentAsync(IReadOnlyList<OutgoingDocument> messages, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async (context, token) =>
            {
                var sent = messages.ToDictionary(message => message.TwinId);
                foreach (var document in await LockAsync(context, messages, token))
                {
                    document.LeaseUntil = null;
                    var message = sent[document.TwinId];
                    if (document.Version == message.Version && document.DueAt == message.DueAt)
                    {
                        document.DueAt = null;
                    }
                }
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task ReleaseAsync(IReadOnlyList<OutgoingDocument> messages, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async (context, token) =>
            {
                foreach (var document in await LockAsync(context, messages, token))
                {
                    document.LeaseUntil = null;
                }
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task SendAllAgainAsync(CancellationToken cancellationToken) =>
        store.WriteAsync(
            (context, token) => DocumentStatements.SetAllDueAsync(context, clock.GetUtcNow().UtcDateTime, token),
            cancellationToken
        );

    private static async Task<IReadOnlyList<OutgoingDocument>> ClaimAsync(
        TwinDbContext context,
        DateTime now,
        int most,
        long[] excluded,
        CancellationToken cancellationToken
    )
    {
        var due = await DocumentStatements.LockDueAsync(context, now, most, excluded, cancellationToken);
        long[] twinIds = [.. due.Select(document => document.TwinId)];
        var devices = await context
            .Devices.Where(device => twinIds.Contains(device.Id))
            .Select(device => new
            {
                device.Id,
                device.DeviceId,
                IsInSight = device.DeletedAt == null,
            })
            .ToDictionaryAsync(device => device.Id, cancellationToken);
        foreach (var document in due)
        {
            document.LeaseUntil = now + Lease;
        }

        return
        [
            .. due.Select(document => new OutgoingDocument(
                document.TwinId,
                devices[document.TwinId].DeviceId,
                document.Version,
                devices[document.TwinId].IsInSight ? document.Properties : null,
                document.DueAt!.Value
            )),
        ];
    }

    private static Task<List<DesiredDocument>> LockAsync(
        TwinDbContext context,
        IReadOnlyList<OutgoingDocument> messages,
        CancellationToken cancellationToken
    ) => DocumentStatements.LockAsync(context, [.. messages.Select(message => message.TwinId)], cancellationToken);
}
