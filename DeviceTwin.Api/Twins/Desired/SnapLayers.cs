using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Makes one desired snap of what layers say of it.</summary>
internal static class SnapLayers
{
    /// <summary>Puts a stronger layer's snap over the weaker layers': field by field, <c>config</c> key by key and <c>services</c> by name.</summary>
    /// <param name="weaker">What the weaker layers say.</param>
    /// <param name="stronger">What the stronger layer says of the same snap.</param>
    public static DesiredSnap Over(DesiredSnap weaker, DesiredSnap stronger) =>
        stronger with
        {
            Channel = stronger.Channel ?? weaker.Channel,
            Revision = stronger.Revision ?? weaker.Revision,
            Enabled = stronger.Enabled ?? weaker.Enabled,
            Config = OverConfig(weaker.Config, stronger.Config),
            Services = OverServices(weaker, stronger),
        };

    private static string? OverConfig(string? weaker, string? stronger) =>
        weaker is null || stronger is null
            ? stronger ?? weaker
            : StoredJson.Canonical(
                SnapConfigMerge.Over(StoredJson.ReadObject(weaker), StoredJson.ReadObject(stronger))
            );

    private static IReadOnlyList<DesiredService>? OverServices(DesiredSnap weaker, DesiredSnap stronger)
    {
        if (weaker.Services is null || stronger.Services is null)
        {
            return stronger.Services ?? weaker.Services;
        }

        var named = stronger.Services.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return [.. weaker.Services.Where(service => !named.Contains(NameOf(service))), .. stronger.Services];

        string NameOf(DesiredService service) => ActionData.ServiceName(service.Name, stronger.Name);
    }
}
