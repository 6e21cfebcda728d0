using System.Text;
using System.Text.Json;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Twins;

/// <summary>The protocol document's limits on properties: 32 KiB of JSON, 10 levels, keys of 128 characters.</summary>
public static class PropertyLimits
{
    private const int Bytes = 32 * 1024;

    private static readonly ValueRules Rules = ValueRules.Strict with { Depth = 10, KeyLength = 128 };

    // Of desired properties: null deletes a key, and means nothing in an array.
    private static readonly ValueRules DesiredRules = Rules with { RefusesNullInArrays = true };

    /// <summary>Checks a patch, or properties as a whole: they must be an object. Gives null when they can be stored, or what is wrong with them.</summary>
    /// <param name="properties">The properties.</param>
    public static ValueFault? Check(JsonElement properties) => Check(properties, Rules);

    /// <summary>Checks desired properties as <see cref="Check(JsonElement)"/> does; arrays in them hold no null.</summary>
    /// <param name="properties">The properties.</param>
    public static ValueFault? CheckDesired(JsonElement properties) => Check(properties, DesiredRules);

    /// <summary>Checks the size of properties after a patch: nothing else can become wrong by merging what was checked.</summary>
    /// <param name="canonical">The merged properties in canonical form.</param>
    public static ValueFault? CheckSize(string canonical)
    {
        var size = Encoding.UTF8.GetByteCount(canonical);
        return size > Bytes
            ? new ValueFault("$", $"it is {size} bytes of JSON; at most {Bytes} are kept.", IsTooLarge: true)
            : null;
    }

    private static ValueFault? Check(JsonElement properties, ValueRules rules) =>
        properties.ValueKind != JsonValueKind.Object ? new ValueFault("$", "it is not a JSON object.")
        : CanonicalJson.TryWrite(properties, rules, out var canonical, out var fault) ? CheckSize(canonical)
        : fault;
}
