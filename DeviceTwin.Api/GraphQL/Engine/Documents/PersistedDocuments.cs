using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.GraphQL.Engine.Documents;

/// <summary>Documents that clients sent once with their hash and then ask for by it. The least recently used ones go.</summary>
/// <param name="settings">How many, and how large together.</param>
public sealed class PersistedDocuments(Settings settings)
{
    private readonly Dictionary<string, LinkedListNode<Entry>> byHash = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<Entry> byUse = [];
    private readonly Lock turn = new();
    private long bytes;

    /// <summary>Whether documents are kept at all.</summary>
    public bool IsOn => settings.GraphQL.PersistedEntries > 0;

    /// <summary>The document of a hash.</summary>
    /// <param name="hash">The hash.</param>
    /// <returns>Its text; null where it is not, or no more, known.</returns>
    public string? Find(string hash)
    {
        lock (turn)
        {
            if (!byHash.TryGetValue(hash, out var node))
            {
                return null;
            }

            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value.Text;
        }
    }

    /// <summary>Keeps a document.</summary>
    /// <param name="hash">Its hash, which was checked.</param>
    /// <param name="text">Its text.</param>
    public void Keep(string hash, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        lock (turn)
        {
            if (!byHash.ContainsKey(hash))
            {
                var added = new Entry(hash, text);
                byHash[hash] = byUse.AddFirst(added);
                bytes += added.Bytes;
            }

            while (byUse.Count > settings.GraphQL.PersistedEntries || bytes > settings.GraphQL.PersistedBytes)
            {
                var last = byUse.Last!.Value;
                byUse.RemoveLast();
                byHash.Remove(last.Hash);
                bytes -= last.Bytes;
            }
        }
    }

    private sealed record Entry(string Hash, string Text)
    {
        public long Bytes => sizeof(char) * (long)(Hash.Length + Text.Length);
    }
}
