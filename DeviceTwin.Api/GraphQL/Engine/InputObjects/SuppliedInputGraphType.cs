using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Engine.InputObjects;

/// <summary>Tells a <see cref="SuppliedInput"/> which fields the caller gave.</summary>
/// <typeparam name="T">The input object.</typeparam>
public sealed class SuppliedInputGraphType<T> : AutoRegisteringInputObjectGraphType<T>
    where T : SuppliedInput
{
    /// <inheritdoc/>
    public override object ParseDictionary(IDictionary<string, object?> value)
    {
        var input = (T)base.ParseDictionary(value);
        input.Accept(value);
        return input;
    }
}

/// <summary>Maps every <see cref="SuppliedInput"/> to its graph type.</summary>
public sealed class SuppliedInputMapping : IGraphTypeMappingProvider
{
    /// <inheritdoc/>
    public Type? GetGraphTypeFromClrType(Type clrType, bool isInputType, Type? preferredGraphType) =>
        isInputType && clrType.IsSubclassOf(typeof(SuppliedInput))
            ? typeof(SuppliedInputGraphType<>).MakeGenericType(clrType)
            : preferredGraphType;
}
