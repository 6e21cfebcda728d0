using System.Security.Claims;
using DeviceTwin.Api.GraphQL.Engine.Limits;
using DeviceTwin.Api.GraphQL.Transport;
using GraphQL;
using GraphQL.Types;
using GraphQL.Utilities;

namespace DeviceTwin.Api.GraphQL.Engine;

/// <summary>The schema in print: sorted, with descriptions, printed once.</summary>
/// <param name="schema">The schema.</param>
/// <param name="introspection">Who may have it.</param>
public sealed class SchemaDocument(ISchema schema, IntrospectionAccess introspection) : ISchemaDocument
{
    private readonly Lazy<string> sdl = new(() => Print(schema));

    /// <inheritdoc/>
    public string Sdl => sdl.Value;

    /// <inheritdoc/>
    public bool IsFor(ClaimsPrincipal user) => introspection.Allows(user);

    private static string Print(ISchema schema)
    {
        schema.Initialize();
        return schema.Print(new PrintOptions { StringComparison = StringComparison.Ordinal });
    }
}
