using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Events;

/// <summary>
/// Reads the change log: pages in the order of commits, never past a transaction that is still open. A change that cannot be read is left out, and
/// logged: it keeps nobody from those behind it.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="logger">Takes what cannot be read.</param>
public sealed partial class ChangeLog(TwinStore store, ILogger<ChangeLog> logger)
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
        var changes = new List<TwinChange>();
        while (changes.Count < most)
        {
            var (page, asked, place) = await ReadAsync(
                async (context, from, size) =>
                    await Matching(context, filter, from).Take(size).ToListAsync(cancellationToken),
                (context, from) => Matching(context, filter, from),
                after,
                most - changes.Count,
                cancellationToken
            );
            changes.AddRange(page);
            if (page.Count < asked)
            {
                break;
            }

            after = page.Count > 0 ? ChangePosition.Of(page[^1]) : place;
        }

        return changes;
    }

    /// <summary>The changes of every organization that come next, and the place behind which they are: further on where some could not be read.</summary>
    /// <inheritdoc cref="ChangeStatements.NextAsync" />
    internal async Task<(NextChanges Next, ChangePosition After)> NextAsync(
        ChangePosition position,
        int most,
        CancellationToken cancellationToken
    )
    {
        var (next, _, after) = await ReadAsync(
            (context, from, size) => ChangeStatements.NextAsync(context, from, size, cancellationToken),
            ChangeStatements.After,
            position,
            most,
            cancellationToken
        );
        return (next, after);
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

    private static IQueryable<TwinChange> Matching(TwinDbContext context, ChangeFilter filter, ChangePosition after)
    {
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

        return changes;
    }

    /// <summary>Reads a page. Where that fails, smaller pages find the change that cannot be read, and it is passed.</summary>
    private async Task<(TPage Page, int Asked, ChangePosition After)> ReadAsync<TPage>(
        Func<TwinDbContext, ChangePosition, int, Task<TPage>> read,
        Func<TwinDbContext, ChangePosition, IQueryable<TwinChange>> rows,
        ChangePosition after,
        int most,
        CancellationToken cancellationToken
    )
    {
        for (var size = most; ; )
        {
            await using var context = await store.OpenAsync(cancellationToken);
            try
            {
                return (await read(context, after, size), size, after);
            }
            catch (Exception fault)
                when (!cancellationToken.IsCancellationRequested && !StoreFault.IsUnavailable(fault))
            {
                if (size > 1)
                {
                    size /= 2;
                    continue;
                }

                after = await PassAsync(context => rows(context, after), fault, cancellationToken);
                size = most;
            }
        }
    }

    private async Task<ChangePosition> PassAsync(
        Func<TwinDbContext, IQueryable<TwinChange>> rows,
        Exception fault,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var passed = await rows(context)
            .Select(change => new { change.TransactionId, change.Id })
            .FirstOrDefaultAsync(cancellationToken);
        if (passed is null)
        {
            // It is not a change that cannot be read.
            throw new InvalidOperationException("The change log cannot be read.", fault);
        }

        LogPassed(passed.Id, fault);
        return new ChangePosition(passed.TransactionId, passed.Id);
    }

    [LoggerMessage(LogLevel.Error, "Change {Id} cannot be read, and is not sent to subscribers")]
    private partial void LogPassed(long id, Exception fault);

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
