using DeviceTwin.Data.Changes;

namespace DeviceTwin.Api.Events;

/// <summary>
/// The newest changes of one organization that somebody listens to: everything behind a place that moves on as new changes push
/// out old ones. A reader brings its own place, so that readers cost nothing here. Safe from any thread.
/// </summary>
/// <param name="start">The place behind which all changes will be added.</param>
internal sealed class RecentChanges(ChangePosition start)
{
    /// <summary>How many changes are kept for readers that are not up to date; further behind they read from the store.</summary>
    public const int Capacity = 4_096;

    /// <summary>How many changes one read gives at most.</summary>
    private const int Batch = 256;

    private readonly Lock gate = new();
    private readonly TwinChange[] ring = new TwinChange[Capacity];
    private ChangePosition start = start;
    private long first;
    private long end;
    private TaskCompletionSource next = New();

    /// <summary>How many listen. Guarded by the feed.</summary>
    public int Listeners { get; set; }

    /// <summary>Ends with the next <see cref="Wake"/>. Take it before reading.</summary>
    public Task Next
    {
        get
        {
            lock (gate)
            {
                return next.Task;
            }
        }
    }

    /// <summary>Adds the change that comes next.</summary>
    /// <param name="change">The change.</param>
    public void Add(TwinChange change)
    {
        lock (gate)
        {
            if (end - first == Capacity)
            {
                start = ChangePosition.Of(At(first));
                first++;
            }

            ring[end % Capacity] = change;
            end++;
        }
    }

    /// <summary>Forgets all and begins anew at a place: readers before it read the store.</summary>
    /// <param name="position">The place.</param>
    public void Restart(ChangePosition position)
    {
        lock (gate)
        {
            start = position;
            first = end;
            Array.Clear(ring);
        }
    }

    /// <summary>Wakes those who wait for more.</summary>
    public void Wake()
    {
        TaskCompletionSource woken;
        lock (gate)
        {
            woken = next;
            next = New();
        }

        woken.SetResult();
    }

    /// <summary>The wanted changes behind a place. Gives null when the place is too far back: the store has what is missing.</summary>
    /// <param name="position">The place.</param>
    /// <param name="filter">What is wanted.</param>
    public RecentRead? Read(ChangePosition position, ChangeFilter filter)
    {
        lock (gate)
        {
            if (position < start)
            {
                return null;
            }

            List<TwinChange>? matching = null;
            var index = FirstAfter(position);
            for (; index < end && matching is not { Count: Batch }; index++)
            {
                var change = At(index);
                if (filter.Matches(change))
                {
                    (matching ??= []).Add(change);
                }
            }

            var read = index > first ? ChangePosition.Later(position, ChangePosition.Of(At(index - 1))) : position;
            return new RecentRead(matching ?? [], read, index < end ? Task.CompletedTask : next.Task);
        }
    }

    private long FirstAfter(ChangePosition position)
    {
        var (low, high) = (first, end);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = ChangePosition.Of(At(middle)) > position ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private TwinChange At(long index) => ring[index % Capacity];

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What a reader got.</summary>
/// <param name="Changes">The wanted changes.</param>
/// <param name="Position">Its new place.</param>
/// <param name="Next">Ends when there is more.</param>
internal readonly record struct RecentRead(IReadOnlyList<TwinChange> Changes, ChangePosition Position, Task Next);
