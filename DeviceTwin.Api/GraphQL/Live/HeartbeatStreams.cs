using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using DeviceTwin.Api.Events;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.GraphQL.Live;

/// <summary>Opens streams of heartbeats for subscriptions.</summary>
/// <param name="heartbeats">Committed heartbeats.</param>
/// <param name="changes">Committed changes, which tell who comes into a group.</param>
/// <param name="store">The store, which knows who is in a group.</param>
public sealed class HeartbeatStreams(HeartbeatFeed heartbeats, ChangeFeed changes, TwinStore store)
{
    private int followers;

    /// <summary>How many streams listen to changes, too, because they follow a group.</summary>
    public int Followers => Volatile.Read(ref followers);

    /// <summary>Opens a stream.</summary>
    /// <param name="caller">Who listens.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceIds">The devices; null for all.</param>
    /// <param name="group">The group whose devices are meant; null for all.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public async Task<IAsyncEnumerable<StoredHeartbeat>> OpenAsync(
        Caller caller,
        string organizationId,
        IReadOnlyList<string>? deviceIds,
        string? group,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (!caller.MaySee(organizationId))
        {
            return Silence.Of<StoredHeartbeat>(CancellationToken.None);
        }

        var devices = deviceIds?.ToFrozenSet(StringComparer.Ordinal);
        if (group is null)
        {
            var listener = heartbeats.Subscribe(organizationId, devices);
            // A subscriber who goes before the first reading frees it, too.
            cancellationToken.UnsafeRegister(static left => ((HeartbeatListener)left!).Dispose(), listener);
            return listener.ReadAsync(CancellationToken.None);
        }

        var position = await changes.BeginAsync(after: null, cancellationToken);
        var members = await GroupMembers.ReadAsync(store, organizationId, group, position, cancellationToken);
        // Whoever enumerates brings the token that ends the stream.
        return OfGroupAsync(organizationId, devices, members, position, CancellationToken.None);
    }

    private async IAsyncEnumerable<StoredHeartbeat> OfGroupAsync(
        string organizationId,
        IReadOnlySet<string>? devices,
        GroupMembers members,
        ChangePosition position,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var listener = heartbeats.Subscribe(organizationId, devices, members.Contains);
        Interlocked.Increment(ref followers);
        var following = FollowAsync();
        try
        {
            await foreach (var heartbeat in listener.ReadAsync(ending.Token))
            {
                yield return heartbeat;
            }
        }
        finally
        {
            await ending.CancelAsync();
            try
            {
                // Why it could not follow its group is what ended the stream.
                await following;
            }
            catch (OperationCanceledException)
            {
                // The reader is gone.
            }
            finally
            {
                Interlocked.Decrement(ref followers);
            }
        }

        async Task FollowAsync()
        {
            var moves = new ChangeFilter(organizationId) { Kinds = GroupMembers.Moves };
            try
            {
                await foreach (var move in changes.ReadAsync(moves, position, ending.Token))
                {
                    members.Follow(move);
                }
            }
            finally
            {
                // A stream that no longer follows its group would tell of the wrong devices: it ends, and the client subscribes anew.
                await ending.CancelAsync();
            }
        }
    }
}
