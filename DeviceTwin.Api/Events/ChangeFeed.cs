using System.Runtime.CompilerServices;
using DeviceTwin.Data.Changes;

namespace DeviceTwin.Api.Events;

/// <summary>
/// Hands committed changes to whoever listens, in the order of their commits, none left out and none twice. A listener is only
/// a place in the log: it reads what the tail handed on, and the store where it is further behind. A thousand listeners that are
/// up to date cost no statement at all.
/// </summary>
/// <param name="log">The change log.</param>
public sealed class ChangeFeed(ChangeLog log)
{
    private const int PageSize = 500;

    private readonly Lock gate = new();
    private readonly Dictionary<string, RecentChanges> organizations = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChangePosition head;
    private int listeners;

    /// <summary>How many listen now.</summary>
    public int Listeners => Volatile.Read(ref listeners);

    /// <summary>How many organizations somebody listens to: what is kept in memory.</summary>
    internal int Organizations
    {
        get
        {
            lock (gate)
            {
                return organizations.Count;
            }
        }
    }

    private ChangePosition Head
    {
        get
        {
            lock (gate)
            {
                return head;
            }
        }
    }

    /// <summary>
    /// Fixes where to begin: whatever commits after this call is told by <see cref="ReadAsync"/>, however late that is called (what
    /// committed just before, while an older transaction was open, may be, too).
    /// </summary>
    /// <param name="after">Where to continue; null to begin behind the newest change.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CursorExpiredException">The log does not keep all that came after <paramref name="after"/>.</exception>
    /// <exception cref="CursorInvalidException">The log never gave out <paramref name="after"/>.</exception>
    public async Task<ChangePosition> BeginAsync(ChangePosition? after, CancellationToken cancellationToken)
    {
        await started.Task.WaitAsync(cancellationToken);
        if (after is not { } position)
        {
            return await log.NewestAsync(cancellationToken);
        }

        await log.CheckAsync(position, cancellationToken);
        return position;
    }

    /// <summary>The changes behind a place, without end. Ending the enumeration, or its token, frees everything.</summary>
    /// <param name="filter">What is wanted.</param>
    /// <param name="position">The place that <see cref="BeginAsync"/> gave.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="CursorExpiredException">So little was read for so long that the log has let go of what comes next.</exception>
    public async IAsyncEnumerable<TwinChange> ReadAsync(
        ChangeFilter filter,
        ChangePosition position,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        var recent = Enter(filter.OrganizationId);
        Interlocked.Increment(ref listeners);
        try
        {
            while (true)
            {
                if (recent.Read(position, filter) is { } read)
                {
                    foreach (var change in read.Changes)
                    {
                        yield return change;
                    }

                    position = read.Position;
                    await read.Next.WaitAsync(cancellationToken);
                    continue;
                }

                // All up to the head, taken before reading, is there to be read: a page that is not full has read as far.
                var behind = Head;
                var page = await log.ReadAsync(filter, position, PageSize, cancellationToken);
                // Checked after the read, so that nothing behind the place was let go of before it. A log that was empty when
                // this listener began has no row to check by; it lost nothing before its first row was told.
                if (position != ChangePosition.Beginning)
                {
                    await log.CheckKeptAsync(position, cancellationToken);
                }

                foreach (var change in page)
                {
                    yield return change;
                }

                position = page.Count > 0 ? ChangePosition.Of(page[^1]) : position;
                position = page.Count == PageSize ? position : ChangePosition.Later(position, behind);
            }
        }
        finally
        {
            Interlocked.Decrement(ref listeners);
            Leave(filter.OrganizationId);
        }
    }

    /// <summary>Looks at one organization's changes without reading them; disposing it ends that.</summary>
    /// <param name="organizationId">The organization.</param>
    internal ChangeWatch Watch(string organizationId) => new(this, organizationId);

    /// <summary>Begins, or begins anew, behind a place: what came before is read from the store by those who want it.</summary>
    /// <param name="position">The place.</param>
    internal void Start(ChangePosition position)
    {
        lock (gate)
        {
            head = position;
            foreach (var recent in organizations.Values)
            {
                recent.Restart(position);
                recent.Wake();
            }
        }

        started.TrySetResult();
    }

    /// <summary>Hands on the changes that come next in the log.</summary>
    /// <param name="changes">The changes of all organizations, in order.</param>
    internal void Publish(IReadOnlyList<TwinChange> changes)
    {
        lock (gate)
        {
            var touched = new HashSet<RecentChanges>();
            foreach (var change in changes)
            {
                if (organizations.TryGetValue(change.OrganizationId, out var recent))
                {
                    recent.Add(change);
                    touched.Add(recent);
                }
            }

            if (changes.Count > 0)
            {
                head = ChangePosition.Of(changes[^1]);
            }

            foreach (var recent in touched)
            {
                recent.Wake();
            }
        }
    }

    /// <summary>Enters as a listener of an organization.</summary>
    internal RecentChanges Enter(string organizationId)
    {
        lock (gate)
        {
            if (!organizations.TryGetValue(organizationId, out var recent))
            {
                recent = new RecentChanges(head);
                organizations.Add(organizationId, recent);
            }

            recent.Listeners++;
            return recent;
        }
    }

    /// <summary>Leaves as a listener of an organization; the last one takes its memory along.</summary>
    internal void Leave(string organizationId)
    {
        lock (gate)
        {
            if (--organizations[organizationId].Listeners == 0)
            {
                organizations.Remove(organizationId);
            }
        }
    }
}
