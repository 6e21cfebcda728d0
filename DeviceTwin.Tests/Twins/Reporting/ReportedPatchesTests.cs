using System.Text.Json;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins.Reporting;

public sealed class ReportedPatchesTests
{
    [Theory, EveryStore]
    public async Task Patches_are_merged_one_version_after_the_other_and_logged(StoreKind kind)
    {
        await using var world = await WithDeviceAsync(kind);
        Assert.Equal(
            new ReportedOutcome(1),
            await world.ReportAsync("c333", """{"telemetry":{"interval":60,"unit":"s"}}""")
        );
        Assert.Equal(
            new ReportedOutcome(2),
            await world.ReportAsync("c333", """{"telemetry":{"unit":null},"é":[1,null]}""", 1)
        );

        var stored = await world.ReportedAsync("c333");
        ReportingWorld.SameJson("""{"telemetry":{"interval":60},"é":[1,null]}""", stored?.Properties);
        Assert.Equal((2, world.Now), (stored!.Version, stored.UpdatedAt));
        Assert.Equal(
            [(ChangeKinds.Reported, "device"), (ChangeKinds.Reported, "device")],
            (await world.ChangesAsync("c333")).TakeLast(2).Select(change => (change.Kinds, change.By))
        );
    }

    [Theory, EveryStore]
    public async Task A_patch_on_another_version_is_refused_with_the_stored_one_and_changes_nothing(StoreKind kind)
    {
        await using var world = await WithDeviceAsync(kind);
        await world.ReportAsync("c333", """{"a":1}""");
        await world.ReportAsync("c333", """{"a":2}""");
        var changes = (await world.ChangesAsync("c333")).Count;

        foreach (var version in new[] { 0, 1, 3 })
        {
            var outcome = await world.ReportAsync("c333", """{"a":3}""", version);
            Assert.Equal((2, ReportedRefusal.VersionConflict), (outcome!.Version, outcome.Refusal?.Code));
        }

        ReportingWorld.SameJson("""{"a":2}""", (await world.ReportedAsync("c333"))?.Properties);
        Assert.Equal(changes, (await world.ChangesAsync("c333")).Count);
    }

    [Theory, EveryStore]
    public async Task A_patch_with_a_version_that_is_delivered_twice_is_accepted_twice_and_counts_once(StoreKind kind)
    {
        await using var world = await WithDeviceAsync(kind);
        const string Patch = """{"a":{"b":1e2},"c":null}""";
        Assert.Equal(new ReportedOutcome(1), await world.ReportAsync("c333", Patch, 0));
        Assert.Equal(new ReportedOutcome(1), await world.ReportAsync("c333", Patch, 0));
        Assert.Equal(1, (await world.ReportedAsync("c333"))?.Version);
        Assert.Single(await world.ChangesAsync("c333"), change => change.Kinds.HasFlag(ChangeKinds.Reported));
    }

    public static TheoryData<StoreKind, string, string> Unfit
    {
        get
        {
            var deep = string.Concat(Enumerable.Repeat("""{"a":""", 11)) + "1" + new string('}', 11);
            (string Patch, string Code)[] patches =
            [
                ("null", ReportedRefusal.InvalidPatch),
                ("7", ReportedRefusal.InvalidPatch),
                ("[{}]", ReportedRefusal.InvalidPatch),
                (deep, ReportedRefusal.InvalidPatch),
                ($$"""{"{{new string('k', 129)}}":1}""", ReportedRefusal.InvalidPatch),
                ("""{"a":1,"a":2}""", ReportedRefusal.InvalidPatch),
                ("""{"a":"\u0000"}""", ReportedRefusal.InvalidPatch),
                ("""{"a":"\ud800"}""", ReportedRefusal.InvalidPatch),
                ($$"""{"a":"{{new string('x', 33 * 1024)}}"}""", ReportedRefusal.TooLarge),
            ];
            var data = new TheoryData<StoreKind, string, string>();
            foreach (var kind in new[] { StoreKind.Sqlite, StoreKind.Postgres })
            {
                foreach (var (patch, code) in patches)
                {
                    data.Add(kind, patch, code);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Unfit))]
    public async Task What_cannot_be_kept_is_refused_with_its_code_and_changes_nothing(
        StoreKind kind,
        string patch,
        string code
    )
    {
        await using var world = await WithDeviceAsync(kind);
        await world.ReportAsync("c333", """{"a":1}""");
        var outcome = await world.ReportAsync("c333", patch, 1);

        Assert.Equal((1, code), (outcome!.Version, outcome.Refusal?.Code));
        ReportingWorld.SameJson("""{"a":1}""", (await world.ReportedAsync("c333"))?.Properties);
    }

    [Theory, EveryStore]
    public async Task A_patch_that_would_make_the_whole_too_large_is_refused(StoreKind kind)
    {
        await using var world = await WithDeviceAsync(kind);
        string Part(string key) => $$"""{"{{key}}":"{{new string('x', 20 * 1024)}}"}""";
        Assert.Null((await world.ReportAsync("c333", Part("a")))?.Refusal);

        var outcome = await world.ReportAsync("c333", Part("b"));
        Assert.Equal((1, ReportedRefusal.TooLarge), (outcome!.Version, outcome.Refusal?.Code));
        Assert.Null((await world.ReportAsync("c333", """{"a":null}"""))?.Refusal);
        Assert.Null((await world.ReportAsync("c333", Part("b")))?.Refusal);
    }

    [Theory, EveryStore]
    public async Task A_device_without_a_twin_is_told_so_and_a_deleted_one_hears_nothing(StoreKind kind)
    {
        await using var world = await WithDeviceAsync(kind);
        Assert.Equal(ReportedRefusal.UnknownDevice, (await world.ReportAsync("new", "{}"))?.Refusal?.Code);
        Assert.Equal(ReportedRefusal.UnknownDevice, (await world.ReportAsync("new", "7"))?.Refusal?.Code);
        Assert.Null(await world.GetAsync("new"));

        await world.Get<Lifecycle>().DeleteAsync(TwinWorld.Organization, "c333", "ann", CancellationToken.None);
        Assert.Null(await world.ReportAsync("c333", """{"a":1}"""));
        Assert.Null(await world.ReportAsync("c333", "7"));
        Assert.Null(await world.GetAsync("c333"));
        Assert.Null(await world.ReportedAsync("c333"));
    }

    [Theory, EveryStore]
    public async Task A_device_that_reports_what_is_desired_is_in_sync_in_the_same_moment(StoreKind kind)
    {
        await using var world = await WithDeviceAsync(kind);
        await world.DesireAsync("c333", """{"telemetry":{"interval":30}}""");
        Assert.Equal(SyncStatus.Pending, await StatusAsync(world));
        var drifted = await world.GetAsync("c333");
        Assert.Equal("properties.telemetry.interval", Assert.Single(drifted!.Drift).Path);
        Assert.Equal((1, 0), (drifted.DesiredVersion, drifted.ReportedVersion));

        await world.ReportAsync("c333", """{"telemetry":{"interval":30,"unit":"s"}}""");
        Assert.Equal(SyncStatus.InSync, await StatusAsync(world));
        Assert.Equal(ChangeKinds.Reported | ChangeKinds.Desired, (await world.ChangesAsync("c333"))[^1].Kinds);
        var agreed = await world.GetAsync("c333");
        Assert.Empty(agreed!.Drift);
        ReportingWorld.SameJson("""{"telemetry":{"interval":30}}""", agreed.Desired.ToJsonString());
        ReportingWorld.SameJson("""{"telemetry":{"interval":30,"unit":"s"}}""", agreed.Reported.GetRawText());
        Assert.Equal((1, 1), (agreed.DesiredVersion, agreed.ReportedVersion));
    }

    private static async Task<TwinWorld> WithDeviceAsync(StoreKind kind)
    {
        var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        return world;
    }

    private static async Task<SyncStatus> StatusAsync(TwinWorld world)
    {
        await using var context = await world.OpenAsync();
        return await context
            .Devices.Where(device => device.DeviceId == "c333")
            .Select(device => device.Sync.Status)
            .SingleAsync();
    }
}
