using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins.Desired;

namespace DeviceTwin.Api.Twins.Reporting;

/// <summary>A twin as its device is told it on request.</summary>
/// <param name="Desired">The merged desired properties.</param>
/// <param name="DesiredVersion">The version that was last told, or is about to be told, on the desired topic; 0 where none ever was.</param>
/// <param name="Reported">The reported properties.</param>
/// <param name="ReportedVersion">Their version; 0 where nothing was reported yet.</param>
/// <param name="Drift">Where the device is not as it should be: properties and snaps.</param>
public sealed record TwinDocument(
    JsonObject Desired,
    int DesiredVersion,
    JsonElement Reported,
    int ReportedVersion,
    IReadOnlyList<DriftEntry> Drift
);
