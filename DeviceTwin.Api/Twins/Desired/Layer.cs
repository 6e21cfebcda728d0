using System.Text.Json.Nodes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>What somebody wants of a device, a group's devices or a model's devices.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Name">The group's or model's name; null for a device's own layer.</param>
/// <param name="Priority">Among groups: the higher is the stronger. 0 for the others.</param>
/// <param name="Properties">Desired properties, a merge patch on those of weaker layers: null takes a key away.</param>
/// <param name="Snaps">Desired snaps, each named once.</param>
public sealed record Layer(
    LayerKind Kind,
    string? Name,
    int Priority,
    JsonObject Properties,
    IReadOnlyList<DesiredSnap> Snaps
)
{
    /// <summary>A stored layer.</summary>
    /// <param name="row">The row.</param>
    public static Layer Of(DesiredLayer row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new Layer(
            row.Kind,
            row.Kind == LayerKind.Device ? null : row.Name,
            row.Priority,
            StoredJson.ReadObject(row.Properties),
            DesiredJson.Read(row.Snaps)
        );
    }
}
