using System.Text.Json;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>What a device last told of itself, as far as desired state speaks of it.</summary>
/// <param name="Snaps">Its snaps, in any order, each once.</param>
/// <param name="Properties">Its reported properties, a JSON object.</param>
public sealed record ReportedTwin(IReadOnlyCollection<Snap> Snaps, JsonElement Properties);
