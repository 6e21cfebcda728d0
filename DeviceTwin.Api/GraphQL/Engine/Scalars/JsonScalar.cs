using System.Text.Json;
using GraphQL.Types;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Scalars;

/// <summary>Any JSON value, as <see cref="JsonElement"/>; numbers keep all their digits.</summary>
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
        value is GraphQLNullValue ? null : JsonWriting.ToElement(writer => JsonWriting.WriteLiteral(writer, value));

    /// <inheritdoc/>
    public override object? ParseValue(object? value) =>
        value switch
        {
            null => null,
            JsonElement element => element,
            _ => JsonWriting.ToElement(writer => JsonWriting.WriteValue(writer, value)),
        };

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
