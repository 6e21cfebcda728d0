using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.InputObjects;

namespace DeviceTwin.Api.GraphQL.Engine.Paging;

/// <summary>
/// One key to order by; the list that it stands in says which key counts most. The fields of an input object have no order, so
/// an object with several keys, or with none, says nothing that could be done.
/// </summary>
public abstract class SortInput : SuppliedInput
{
    internal override void Accept(IDictionary<string, object?> fields)
    {
        base.Accept(fields);
        var keys = fields.Where(field => field.Value is not null).Select(field => field.Key).ToList();
        if (keys.Count != 1)
        {
            throw new CallerError(
                ErrorCodes.InvalidOrder,
                keys.Count == 0
                    ? "An object in `order` names no key: give it one, e.g. {deviceId: ASC}, or take it out."
                    : $"An object in `order` names {keys.Count} keys ({string.Join(", ", keys.Order(StringComparer.Ordinal))}); the order of an input object's fields is not reliable. Give each key an object of its own, e.g. [{string.Join(", ", keys.Order(StringComparer.Ordinal).Select(key => $"{{{key}: ASC}}"))}], the most significant first."
            );
        }
    }
}
