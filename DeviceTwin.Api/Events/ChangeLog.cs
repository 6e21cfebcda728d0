using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Events;

/// <summary>Reads the change log: pages in the order of commits, never past a transaction that is still open.</summary>
/// <param name="store">The store.</param>
public sealed class ChangeLog(TwinStore store)
{
    /// <summary>The wanted changes behind a place, oldest first.</summary>
    /// <param name="filter">What is wanted.</param>
    /// <param name="after">The place; <see cref="ChangePosition.Beginning"/> for the oldest that are kept.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyList<TwinChange>> ReadAsync(
        ChangeFilter filter,
        ChangePosition after,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var context = await store.OpenAsync(cancellationToken);
        var changes = ChangeStatements
            .After(context, after)
            .Where(change =>
                change.OrganizationId == filter.OrganizationId && (change.Kinds & filter.Kinds) != ChangeKinds.None
            );
        if (filter.DeviceIds is { } wanted)
        {
            // One parameter, however many devices.
            var deviceIds = wanted.ToArray();
            changes = changes.Where(change => EF.Parameter(deviceIds).Contains(change.DeviceId));
        }

        return await changes.Take(most).ToListAsync(cancellationToken);
    }

    /// <inheritdoc cref="ChangeStatements.NextAsync" />
    internal async Task<NextChanges> NextAsync(ChangePosition position, int most, CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await ChangeStatements.NextAsync(context, position, most, cancellationToken);
    }

    /// <summary>The place behind the newest change that can be read now. Whatever commits from now on comes after it.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ChangePosition> NewestAsync(CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await ChangeStatements.NewestAsync(context, cancellationToken);
    }

    /// <summary>
    /// Checks that one can go on from a place without a gap. The log loses only its beginning, and always keeps the newest row
    /// that it could have lost: so nothing behind a place is lost exactly when a row at or before it is still there.
    /// </summary>
    /// <param name="position">The place of a change that was told.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CursorExpiredException">Changes behind it may have been let go of.</exception>
    /// <exception cref="CursorInvalidException">No change at this place, or behind it, has been told yet.</exception>
    public async Task CheckAsync(ChangePosition position, CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        if (position > await ChangeStatements.NewestAsync(context, cancellationToken))
        {
            throw new CursorInvalidException();
        }

        await CheckKeptAsync(context, position, cancellationToken);
    }

    /// <inheritdoc cref="CheckAsync" />
    internal async Task CheckKeptAsync(ChangePosition position, CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        await CheckKeptAsync(context, position, cancellationToken);
    }

    private static async Task CheckKeptAsync(
        TwinDbContext context,
        ChangePosition position,
        CancellationToken cancellationToken
    )
    {
        if (await ChangeStatements.OldestAsync(context, cancellationToken) is not { } oldest || oldest > position)
        {
            throw new CursorExpiredException();
        }
    }
}
