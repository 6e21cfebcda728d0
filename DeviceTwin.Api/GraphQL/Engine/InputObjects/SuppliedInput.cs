namespace DeviceTwin.Api.GraphQL.Engine.InputObjects;

/// <summary>An input object that knows which of its fields the caller gave: null and absent are two things.</summary>
public abstract class SuppliedInput
{
    private HashSet<string> supplied = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the caller gave this field, be it as null.</summary>
    /// <param name="field">The property, by <c>nameof</c>.</param>
    public bool Has(string field) => supplied.Contains(field);

    internal virtual void Accept(IDictionary<string, object?> fields) =>
        supplied = new HashSet<string>(fields.Keys, StringComparer.OrdinalIgnoreCase);
}
