using System.Text.Json.Serialization;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Twins;

/// <summary>The JSON that twins hold and actions carry.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(IReadOnlyList<SnapService>))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
public sealed partial class TwinJson : JsonSerializerContext;
