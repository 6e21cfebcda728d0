using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using DeviceTwin.Data.Values;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Engine.Scalars;

/// <summary>
/// Reads variables. The engine's own converter makes infinity, zero or a huge integer of numbers beyond a double; here they stay JSON, which each scalar
/// refuses in its own way.
/// </summary>
internal sealed class VariablesConverter : JsonConverter<Inputs>
{
    /// <inheritdoc/>
    public override Inputs Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonElement.ParseValue(ref reader) is { ValueKind: JsonValueKind.Object } fields
            ? new Inputs(Fields(fields))
            : throw new JsonException("Variables are a JSON object.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Inputs value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Dictionary<string, object?>(value), options);

    private static Dictionary<string, object?> Fields(JsonElement element)
    {
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in element.EnumerateObject())
        {
            fields[field.Name] = Value(field.Value);
        }
        return fields;
    }

    private static object? Value(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => Fields(element),
            JsonValueKind.Array => element.EnumerateArray().Select(Value).ToList(),
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => Number(element),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    private static object Number(JsonElement element) =>
        element.TryGetInt32(out var small) ? small
        : element.TryGetInt64(out var whole) ? whole
        : ValueNumber.TryCanonical(JsonMarshal.GetRawUtf8Value(element), out _, out _) ? element.GetDouble()
        : element;
}
