using System.Runtime.CompilerServices;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Documents;

/// <summary>
/// Which fields a document names, wherever and of whatever: enough to know what nobody can be asking for. Looked for once in each document
/// that is kept.
/// </summary>
public static class DocumentFields
{
    private static readonly ConditionalWeakTable<GraphQLDocument, HashSet<string>> Known = [];

    /// <summary>Whether a document names one of these fields.</summary>
    /// <param name="document">The document.</param>
    /// <param name="fields">The fields' names.</param>
    public static bool NamesAny(GraphQLDocument document, IEnumerable<string> fields) =>
        Known.GetValue(document, Read).Overlaps(fields);

    private static HashSet<string> Read(GraphQLDocument document)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var definition in document.Definitions.OfType<IHasSelectionSetNode>())
        {
            Add(definition.SelectionSet, names);
        }

        return names;
    }

    private static void Add(GraphQLSelectionSet? selections, HashSet<string> names)
    {
        foreach (var selection in selections?.Selections ?? [])
        {
            if (selection is GraphQLField field)
            {
                names.Add(field.Name.StringValue);
            }

            // What a spread fragment names is in its own definition.
            Add((selection as IHasSelectionSetNode)?.SelectionSet, names);
        }
    }
}
