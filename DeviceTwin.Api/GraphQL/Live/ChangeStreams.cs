using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL.Changes;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;

namespace DeviceTwin.Api.GraphQL.Live;

/// <summary>Opens streams of changes for subscriptions.</summary>
/// <param name="feed">Committed changes.</param>
/// <param name="store">The store, which knows who is in a group.</param>
public sealed class ChangeStreams(ChangeFeed feed, TwinStore store)
{
    /// <summary>What a subscription's arguments ask for.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceIds">The devices; null for all.</param>
    /// <param name="kinds">The kinds.</param>
    public static ChangeFilter Filter(string organizationId, IReadOnlyList<string>? deviceIds, ChangeKinds kinds) =>
        new(organizationId) { DeviceIds = deviceIds?.ToFrozenSet(StringComparer.Ordinal), Kinds = kinds };

    /// <summary>Opens a stream. Nothing that is committed after this call is left out of it.</summary>
    /// <param name="caller">Who listens.</param>
    /// <param name="filter">What they want to hear.</param>
    /// <param name="group">The group whose devices are meant; null for all.</param>
    /// <param name="after">The cursor to continue behind; null for now.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public async Task<IAsyncEnumerable<TwinChange>> OpenAsync(
        Caller caller,
        ChangeFilter filter,
        string? group,
        string? after,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(filter);
        var cursor = ChangeErrors.ReadCursor(after);
        if (!caller.MaySee(filter.OrganizationId))
        {
            return Silence.Of<TwinChange>(CancellationToken.None);
        }

        var beginning = feed.BeginAsync(cursor, cancellationToken);
        await ChangeErrors.TellAsync(beginning);
        var position = await beginning;
        var changes = group is null
            ? feed.ReadAsync(filter, position, CancellationToken.None)
            : OfGroupAsync(
                filter,
                position,
                await GroupMembers.ReadAsync(store, filter.OrganizationId, group, position, cancellationToken),
                CancellationToken.None
            );
        // Whoever enumerates brings the token that ends the stream.
        return WithErrorsAsync(changes, CancellationToken.None);
    }

    private async IAsyncEnumerable<TwinChange> OfGroupAsync(
        ChangeFilter filter,
        ChangePosition position,
        GroupMembers members,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // Who comes into or goes out of the group is told by changes, which then have to be heard, too.
        var heard = filter with
        {
            Kinds = filter.Kinds | GroupMembers.Moves,
        };
        await foreach (var change in feed.ReadAsync(heard, position, cancellationToken))
        {
            var wasIn = members.Contains(change.DeviceId);
            members.Follow(change);
            // Leaving the group is the last that its listeners hear of a device.
            if ((change.Kinds & filter.Kinds) != ChangeKinds.None && (wasIn || members.Contains(change.DeviceId)))
            {
                yield return change;
            }
        }
    }

    private static async IAsyncEnumerable<TwinChange> WithErrorsAsync(
        IAsyncEnumerable<TwinChange> changes,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var enumerator = changes.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var next = enumerator.MoveNextAsync().AsTask();
            await ChangeErrors.TellAsync(next);
            if (!await next)
            {
                yield break;
            }

            yield return enumerator.Current;
        }
    }
}
