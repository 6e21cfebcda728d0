using System.Runtime.InteropServices;

namespace DeviceTwin.Api.Hosting;

/// <summary>So many places for each key: an address, a caller. Keys without a place taken cost nothing.</summary>
/// <param name="limit">How many each key has.</param>
public sealed class Places(int limit)
{
    private readonly Dictionary<string, int> taken = new(StringComparer.Ordinal);
    private readonly Lock turn = new();

    /// <summary>How many each key has.</summary>
    public int Limit => limit;

    /// <summary>Takes a place.</summary>
    /// <param name="key">For whom.</param>
    /// <returns>Gives the place back when it is disposed; null where all are taken.</returns>
    public IDisposable? TryTake(string key)
    {
        lock (turn)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(taken, key, out _);
            if (count >= limit)
            {
                return null;
            }

            count++;
        }

        return new Place(this, key);
    }

    private void Leave(string key)
    {
        lock (turn)
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(taken, key) == 0)
            {
                taken.Remove(key);
            }
        }
    }

    private sealed class Place(Places places, string key) : IDisposable
    {
        private bool left;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref left, true))
            {
                places.Leave(key);
            }
        }
    }
}
