using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Data.Values;
using GraphQL.Types;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Scalars;

/// <summary>GraphQL's String, less the texts that PostgreSQL cannot hold: with U+0000 or half a surrogate pair.</summary>
public sealed class StorableStringScalar : StringGraphType
{
    /// <summary>Makes the scalar.</summary>
    public StorableStringScalar() => Name = "String";

    /// <inheritdoc/>
    public override object? ParseLiteral(GraphQLValue value) => StorableText.Check(base.ParseLiteral(value));

    /// <inheritdoc/>
    public override object? ParseValue(object? value) => StorableText.Check(base.ParseValue(value));
}

/// <summary>GraphQL's ID, less the texts that PostgreSQL cannot hold.</summary>
public sealed class StorableIdScalar : IdGraphType
{
    /// <summary>Makes the scalar.</summary>
    public StorableIdScalar() => Name = "ID";

    /// <inheritdoc/>
    public override object? ParseLiteral(GraphQLValue value) => StorableText.Check(base.ParseLiteral(value));

    /// <inheritdoc/>
    public override object? ParseValue(object? value) => StorableText.Check(base.ParseValue(value));
}

/// <summary>What text a database can hold.</summary>
internal static class StorableText
{
    /// <inheritdoc cref="ValueText.IsStorable" />
    public static bool IsStorable(string text) => ValueText.IsStorable(text);

    /// <summary>Gives the value back, or throws what the engine reports as an invalid value.</summary>
    public static object? Check(object? value) =>
        value is string text && !IsStorable(text)
            ? throw new CallerError(ErrorCodes.InvalidValue, "Text must be valid Unicode without U+0000.")
            : value;
}
