using DeviceTwin.Api.GraphQL.Transport;
using GraphQL;
using GraphQL.Types;
using GraphQL.Utilities;

namespace DeviceTwin.Api.GraphQL.Engine;

/// <summary>The schema in print: sorted, with descriptions, printed once.</summary>
/// <param name="schema">The schema.</param>
public sealed class SchemaDocument(ISchema schema) : ISchemaDocument
{
    private readonly Lazy<string> sdl = new(() => Print(schema));

    /// <inheritdoc/>
    public string Sdl => sdl.Value;

    private static string Print(ISchema schema)
    {
        schema.Initialize();
        return schema.Print(new PrintOptions { StringComparison = StringComparison.Ordinal });
    }
}
