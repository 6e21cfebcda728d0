using System.Collections.Concurrent;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Documents;

/// <summary>
/// Documents that were parsed and found valid, so that what clients ask again and again is read once. What an operation may cost depends on its variables and its
/// caller and is checked with every request all the same. When more text is kept than there is room for, all of it is dropped.
/// </summary>
public sealed class ParsedDocuments
{
    // A parsed document takes some twenty times the memory of its text.
    private const int CharacterLimit = 512 * 1024;

    private readonly ConcurrentDictionary<string, GraphQLDocument> documents = new(StringComparer.Ordinal);
    private int characters;

    /// <summary>How many are kept.</summary>
    public int Count => documents.Count;

    /// <summary>Finds a document; null where it is not kept.</summary>
    /// <param name="text">Its text.</param>
    public GraphQLDocument? Find(string text) => documents.GetValueOrDefault(text);

    /// <summary>Keeps a document.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="document">The document, which every rule of GraphQL accepts.</param>
    public void Keep(string text, GraphQLDocument document)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!documents.TryAdd(text, document))
        {
            return;
        }

        if (Interlocked.Add(ref characters, text.Length) > CharacterLimit)
        {
            Interlocked.Exchange(ref characters, 0);
            documents.Clear();
        }
    }
}
