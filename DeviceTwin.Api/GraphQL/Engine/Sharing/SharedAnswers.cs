using System.Collections.Concurrent;
using DeviceTwin.Api.GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Engine.Sharing;

/// <summary>
/// The newest events' answers to operations that several subscribers have open, so that each event is executed once for equal operations however many they are.
/// Safe from any thread.
/// </summary>
public sealed class SharedAnswers
{
    /// <summary>
    /// How many answers are kept, of all operations together: a batch of heartbeats for each of a few operations. A subscriber that is further behind has its own made.
    /// </summary>
    public const int Capacity = 2_048;

    private readonly Lock gate = new();
    private readonly Dictionary<SharedOperation, Place> operations = [];
    private readonly ConcurrentDictionary<Key, Lazy<Task<SharedResult?>>> answers = new();
    private readonly ConcurrentQueue<Key> order = new();

    /// <summary>How many operations somebody has open.</summary>
    internal int Operations
    {
        get
        {
            lock (gate)
            {
                return operations.Count;
            }
        }
    }

    /// <summary>How many answers are kept.</summary>
    internal int Count => answers.Count;

    /// <summary>Takes a place among an operation's subscribers, until it is disposed.</summary>
    /// <param name="operation">The operation.</param>
    public Place Enter(SharedOperation operation)
    {
        lock (gate)
        {
            if (!operations.TryGetValue(operation, out var place))
            {
                place = new Place(this, operation);
                operations.Add(operation, place);
            }

            place.Subscribers++;
            return place;
        }
    }

    private void Leave(Place place)
    {
        lock (gate)
        {
            if (--place.Subscribers == 0)
            {
                operations.Remove(place.Operation);
            }
        }
    }

    private Task<SharedResult?> GetAsync(Place place, object identity, Func<Task<SharedResult?>> execute)
    {
        var key = new Key(place, identity);
        if (!answers.TryGetValue(key, out var answer))
        {
            var mine = new Lazy<Task<SharedResult?>>(execute);
            answer = answers.GetOrAdd(key, mine);
            if (answer == mine)
            {
                Keep(key);
            }
        }

        return answer.Value;
    }

    private void Keep(Key key)
    {
        order.Enqueue(key);
        while (order.Count > Capacity && order.TryDequeue(out var oldest))
        {
            answers.TryRemove(oldest, out _);
        }
    }

    // A place is one operation's, as long as anybody has it open.
    private readonly record struct Key(Place Place, object Identity);

    /// <summary>One operation, and how many have it open.</summary>
    /// <param name="shared">Where its answers are.</param>
    /// <param name="operation">The operation.</param>
    public sealed class Place(SharedAnswers shared, SharedOperation operation) : IDisposable
    {
        internal SharedOperation Operation => operation;

        internal int Subscribers { get; set; }

        /// <summary>The answer to an event, which may have been made for another subscriber; null where this one has to make its own.</summary>
        /// <param name="occurrence">The event.</param>
        /// <param name="execute">Makes an answer that depends on the operation and the event alone; null where there is none for all.</param>
        public Task<SharedResult?> GetAsync(ISharedEvent occurrence, Func<Task<SharedResult?>> execute)
        {
            ArgumentNullException.ThrowIfNull(occurrence);
            return Subscribers > 1
                ? shared.GetAsync(this, occurrence.Identity, execute)
                : Task.FromResult<SharedResult?>(null);
        }

        /// <summary>Leaves.</summary>
        public void Dispose() => shared.Leave(this);
    }
}
