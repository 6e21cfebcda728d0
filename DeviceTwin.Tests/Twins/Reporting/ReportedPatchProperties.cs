using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Twins.Desired;
using FsCheck.Xunit;

namespace DeviceTwin.Tests.Twins.Reporting;

public sealed class ReportedPatchProperties
{
    private const int MostPatches = 12;

    [Property(MaxTest = 20)]
    public Task Any_patches_give_what_the_accepted_ones_merge_to_with_versions_without_a_gap_on_SQLite(int seed) =>
        HoldsAsync(StoreKind.Sqlite, new AnyTwin(seed));

    [Property(MaxTest = 20)]
    public Task Any_patches_give_what_the_accepted_ones_merge_to_with_versions_without_a_gap_on_PostgreSQL(int seed) =>
        HoldsAsync(StoreKind.Postgres, new AnyTwin(seed));

    private static async Task HoldsAsync(StoreKind kind, AnyTwin any)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        JsonNode expected = new JsonObject();
        var version = 0;
        for (var count = any.Number(MostPatches); count > 0; count--)
        {
            var patch = any.Object(mayHoldNull: true);
            int? madeOn = any.Number(2) == 0 ? null : Math.Max(0, version - any.Number(3));
            var merged = MergePatch.Apply(expected, patch)!;
            var isAgain = madeOn == version - 1 && JsonNode.DeepEquals(merged, expected);
            var isAccepted = madeOn is null || madeOn == version;

            var outcome = await world.ReportAsync("c333", patch.ToJsonString(), madeOn);

            if (isAccepted)
            {
                expected = merged;
                version++;
            }

            Assert.Equal(version, outcome!.Version);
            Assert.Equal(isAccepted || isAgain ? null : ReportedRefusal.VersionConflict, outcome.Refusal?.Code);
        }

        var twin = await world.GetAsync("c333");
        Assert.Equal(version, twin!.ReportedVersion);
        ReportingWorld.SameJson(expected.ToJsonString(), twin.Reported.GetRawText());
    }
}
