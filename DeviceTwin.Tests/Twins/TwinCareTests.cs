using System.Text.Json;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Groups;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins;

public sealed class TwinCareTests
{
    [Theory, EveryStore]
    public async Task Deleting_hides_the_twin_leaves_its_groups_cancels_what_is_queued_and_touches_no_other_device(
        StoreKind kind
    )
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333", new SnapReport { Name = "core22" });
        await world.EnrollAsync("other", new SnapReport { Name = "core22" });
        await world.Get<DeviceGroups>().CreateAsync("abc", "berlin", CancellationToken.None);
        await world
            .Get<DeviceGroups>()
            .AddDevicesAsync("abc", "berlin", ["c333", "other"], "ann", CancellationToken.None);
        var queued = await world.RequestAsync("c333", ActionKind.Install, "nats");

        Assert.IsType<DeviceNotFound>((await DeleteAsync("zzz")).Error);
        Assert.Null((await DeleteAsync("abc")).Error);
        Assert.IsType<DeviceNotFound>((await DeleteAsync("abc")).Error);

        var deleted = (await world.DeviceAsync("c333"))!;
        Assert.NotNull(deleted.DeletedAt);
        Assert.Empty(deleted.Groups);
        Assert.Equal(ActionStatus.Cancelled, (await world.ActionAsync(queued.ActionId)).Status);
        var other = (await world.DeviceAsync("other"))!;
        Assert.NotNull(other.OperatingSystem);
        Assert.Single(other.Snaps);
        Assert.Single(other.Groups);
        await using var context = await world.OpenAsync();
        Assert.Equal(1, await context.FleetCounts.SumAsync(count => count.Total));

        Assert.Null((await world.Get<Lifecycle>().RestoreAsync("abc", "c333", "ann", CancellationToken.None)).Error);
        var restored = (await world.DeviceAsync("c333"))!;
        Assert.Null(restored.DeletedAt);
        Assert.Single(restored.Snaps);
        Assert.Equal(2, await context.FleetCounts.SumAsync(count => count.Online));

        Task<Outcome<Device>> DeleteAsync(string organization) =>
            world.Get<Lifecycle>().DeleteAsync(organization, "c333", "ann", CancellationToken.None);
    }

    [Theory, EveryStore]
    public async Task Tags_are_patched_by_RFC_7396_on_the_version_that_the_caller_knows(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        Assert.Null((await PatchAsync("""{"site":{"city":"Berlin","floor":2},"old":1}""")).Error);
        Assert.Null((await PatchAsync("""{"site":{"floor":null},"old":null,"new":[1,null]}""", 1)).Error);
        Assert.Equal(new VersionConflict(1, 2), (await PatchAsync("""{"x":1}""", 1)).Error);
        var tags = JsonDocument.Parse((await world.DeviceAsync("c333"))!.Tags).RootElement;
        Assert.True(
            JsonElement.DeepEquals(
                tags,
                JsonDocument.Parse("""{"site":{"city":"Berlin"},"new":[1,null]}""").RootElement
            )
        );
        Assert.Equal(2, (await world.ChangesAsync("c333")).Count(change => change.Kinds == ChangeKinds.Tags));

        Task<Outcome<Device>> PatchAsync(string patch, int? version = null) =>
            world
                .Get<Tags>()
                .PatchAsync(
                    "abc",
                    "c333",
                    JsonDocument.Parse(patch).RootElement,
                    version,
                    "ann",
                    CancellationToken.None
                );
    }

    [Theory, EveryStore]
    public async Task Tags_beyond_the_limits_are_refused_and_change_nothing(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var patches = new[]
        {
            "[1]",
            "null",
            JsonSerializer.Serialize(new { text = new string('x', 33 * 1024) }),
            string.Concat(Enumerable.Repeat("""{"a":""", 11)) + "1" + new string('}', 11),
            $$"""{"{{new string('k', 129)}}":1}""",
            """{"a":"\u0000"}""",
        };
        foreach (var patch in patches)
        {
            var outcome = await world
                .Get<Tags>()
                .PatchAsync("abc", "c333", JsonDocument.Parse(patch).RootElement, null, "ann", CancellationToken.None);
            Assert.Equal("patch", Assert.IsType<InvalidInput>(outcome.Error).Field);
        }

        Assert.Equal("{}", (await world.DeviceAsync("c333"))!.Tags);
    }

    [Theory, EveryStore]
    public async Task A_group_is_created_once_with_a_name_and_takes_devices_of_its_organization_once(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var groups = world.Get<DeviceGroups>();
        Assert.Null((await groups.CreateAsync("abc", "berlin", CancellationToken.None)).Error);
        Assert.Equal(
            new GroupExists("berlin"),
            (await groups.CreateAsync("abc", "berlin", CancellationToken.None)).Error
        );
        Assert.Null((await groups.CreateAsync("other", "berlin", CancellationToken.None)).Error);
        Assert.IsType<InvalidInput>((await groups.CreateAsync("abc", " ", CancellationToken.None)).Error);

        Assert.Equal(new DeviceNotFound("nobody"), (await AddAsync("abc", "c333", "nobody")).Error);
        Assert.Empty((await world.DeviceAsync("c333"))!.Groups);
        Assert.Equal(new DeviceNotFound("c333"), (await AddAsync("other", "c333")).Error);
        Assert.Null((await AddAsync("abc", "c333", "c333")).Error);
        Assert.Null((await AddAsync("abc", "c333")).Error);
        Assert.Single((await world.DeviceAsync("c333"))!.Groups);
        Assert.Single(await world.ChangesAsync("c333"), change => change.Kinds == ChangeKinds.Groups);

        Assert.Null((await groups.RemoveDevicesAsync("abc", "berlin", ["c333"], "ann", CancellationToken.None)).Error);
        Assert.Empty((await world.DeviceAsync("c333"))!.Groups);
        await AddAsync("abc", "c333");
        Assert.Null((await groups.DeleteAsync("abc", "berlin", "ann", CancellationToken.None)).Error);
        Assert.Empty((await world.DeviceAsync("c333"))!.Groups);
        Assert.Equal(new GroupNotFound("berlin"), (await AddAsync("abc", "c333")).Error);

        Task<Outcome<Group>> AddAsync(string organization, params string[] deviceIds) =>
            groups.AddDevicesAsync(organization, "berlin", deviceIds, "ann", CancellationToken.None);
    }

    [Theory, EveryStore]
    public async Task What_is_older_than_it_is_kept_goes_and_open_actions_stay(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        var open = await world.RequestAsync("c333", ActionKind.Install, "nats");
        await world.HearAsync("stranger");
        world.Clock.Advance(TimeSpan.FromDays(100));
        await world.RunAsync<Retention>();

        await using var context = await world.OpenAsync();
        // The newest row stays as the place from which readers go on.
        Assert.Single(context.Changes);
        Assert.Empty(context.Enrollments);
        Assert.Empty(context.ConnectivityChanges);
        Assert.Equal(open.ActionId, Assert.Single(await world.ActionsAsync("c333")).ActionId);
        Assert.Equal(1, context.FleetCounts.Single().Total);
    }
}
