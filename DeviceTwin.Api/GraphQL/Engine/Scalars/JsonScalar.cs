using System.Text.Json;
using GraphQL.Types;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Scalars;

/// <summary>Any JSON value that both stores hold, as <see cref="JsonElement"/> in its canonical form (<see cref="Data.Values.CanonicalJson"/>).</summary>
public sealed class JsonScalar : ComplexScalarGraphType
{
    /// <summary>Makes the scalar.</summary>
    public JsonScalar()
    {
        Name = "JSON";
        Description = "Any JSON value.";
    }

    /// <inheritdoc/>
    public override bool CanParseLiteral(GraphQLValue value) => true;

    /// <inheritdoc/>
    public override bool CanParseValue(object? value) => true;

    /// <inheritdoc/>
    public override object? ParseLiteral(GraphQLValue value) =>
        value is GraphQLNullValue ? null : JsonWriting.OfLiteral(value);

    /// <inheritdoc/>
    public override object? ParseValue(object? value) => value is null ? null : JsonWriting.OfVariable(value);

    /// <inheritdoc/>
    public override object? Serialize(object? value) =>
        value switch
        {
            null => null,
            JsonElement { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
            JsonElement element => element,
            _ => ThrowSerializationError(value),
        };
}
