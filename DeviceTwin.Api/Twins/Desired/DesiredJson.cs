using System.Text.Json;
using System.Text.Json.Serialization;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>The JSON of desired snaps, as layers store them, and of single values, as drift tells them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(IReadOnlyList<DesiredSnap>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(bool))]
public sealed partial class DesiredJson : JsonSerializerContext
{
    /// <summary>Snaps as a layer stores them: a JSON array without what is not said.</summary>
    /// <param name="snaps">The snaps.</param>
    public static string Write(IReadOnlyList<DesiredSnap> snaps) =>
        JsonSerializer.Serialize(snaps, Default.IReadOnlyListDesiredSnap);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="json">The stored text.</param>
    public static IReadOnlyList<DesiredSnap> Read(string json) =>
        JsonSerializer.Deserialize(json, Default.IReadOnlyListDesiredSnap) ?? [];
}
