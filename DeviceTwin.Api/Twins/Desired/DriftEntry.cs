using System.Text.Json;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>One path where desired and reported differ.</summary>
/// <param name="Path">The text of a <see cref="Data.Values.KeyPath"/>, e.g. <c>properties.telemetry.interval</c> or <c>snaps.core20.channel</c>.</param>
/// <param name="Desired">What is wanted there.</param>
/// <param name="Reported">What the device tells; null where it tells nothing.</param>
public sealed record DriftEntry(string Path, JsonElement? Desired, JsonElement? Reported);
