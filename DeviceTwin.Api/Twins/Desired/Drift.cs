using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Where desired and reported differ; the one place that says so.</summary>
public static class Drift
{
    /// <summary>The paths where they differ, by path (ordinal); empty when the device is as it should be.</summary>
    /// <param name="desired">What it should be.</param>
    /// <param name="reported">What it is.</param>
    public static IReadOnlyList<DriftEntry> Between(MergedState desired, ReportedTwin reported)
    {
        var snaps = SnapDrift.Of(desired, reported.Snaps).SelectMany(snap => snap.Entries());
        var properties = JsonContainment
            .Differences(reported.Properties, StoredJson.ToElement(desired.Properties), keysArePaths: false)
            .Select(difference => new DriftEntry(
                new KeyPath(["properties", .. difference.Path.Keys]).ToString(),
                difference.Wanted,
                difference.Reported
            ));
        return [.. snaps.Concat(properties).OrderBy(entry => entry.Path, StringComparer.Ordinal)];
    }
}
