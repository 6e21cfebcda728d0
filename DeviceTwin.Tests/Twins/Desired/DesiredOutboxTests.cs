using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Twins.Reporting;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class DesiredOutboxTests
{
    [Theory, EveryStore]
    public async Task A_changed_document_is_claimed_once_and_sent_once(StoreKind kind)
    {
        await using var world = await WithDesiredAsync(kind);
        var next = Outbox(world).Next;
        await world.DesireAsync("c333", """{"a":2}""");
        Assert.True(next.IsCompleted);

        var claimed = Assert.Single(await ClaimAsync(world));
        Assert.Equal(("c333", 2), (claimed.DeviceId, claimed.Version));
        ReportingWorld.SameJson("""{"a":2}""", claimed.Properties);
        Assert.Empty(await ClaimAsync(world));
        await Outbox(world).MarkSentAsync([claimed], CancellationToken.None);
        world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await ClaimAsync(world));
    }

    [Theory, EveryStore]
    public async Task A_change_while_the_last_one_is_under_way_is_sent_after_it(StoreKind kind)
    {
        await using var world = await WithDesiredAsync(kind);
        var first = await ClaimAsync(world);
        await world.DesireAsync("c333", """{"a":2}""");
        Assert.Empty(await ClaimAsync(world));
        await Outbox(world).MarkSentAsync(first, CancellationToken.None);

        Assert.Equal(2, Assert.Single(await ClaimAsync(world)).Version);
    }

    [Theory, EveryStore]
    public async Task What_is_given_back_or_left_by_a_dead_process_is_claimed_again(StoreKind kind)
    {
        await using var world = await WithDesiredAsync(kind);
        await Outbox(world).ReleaseAsync(await ClaimAsync(world), CancellationToken.None);
        Assert.Single(await ClaimAsync(world));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await ClaimAsync(world));
    }

    [Theory, EveryStore]
    public async Task A_deleted_twin_has_nothing_retained_and_a_restored_one_has_it_again(StoreKind kind)
    {
        await using var world = await WithDesiredAsync(kind);
        var first = await ClaimAsync(world);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.Get<Lifecycle>().DeleteAsync(TwinWorld.Organization, "c333", "ann", CancellationToken.None);
        await Outbox(world).MarkSentAsync(first, CancellationToken.None);

        var deleted = Assert.Single(await ClaimAsync(world));
        Assert.Equal((1, null), (deleted.Version, deleted.Properties));
        await Outbox(world).MarkSentAsync([deleted], CancellationToken.None);

        await world.Get<Lifecycle>().RestoreAsync(TwinWorld.Organization, "c333", "ann", CancellationToken.None);
        var restored = Assert.Single(await ClaimAsync(world));
        ReportingWorld.SameJson("""{"a":1}""", restored.Properties);
    }

    [Theory, EveryStore]
    public async Task All_are_due_again_when_the_broker_may_have_lost_them(StoreKind kind)
    {
        await using var world = await WithDesiredAsync(kind);
        await world.EnrollAsync("c334");
        await world.DesireAsync("c334", """{"b":1}""");
        await Outbox(world).MarkSentAsync(await ClaimAsync(world), CancellationToken.None);
        Assert.Empty(await ClaimAsync(world));

        await Outbox(world).SendAllAgainAsync(CancellationToken.None);
        Assert.Equal(
            [("c333", 1), ("c334", 1)],
            (await ClaimAsync(world)).Select(document => (document.DeviceId, document.Version)).Order()
        );
    }

    private static IDesiredOutbox Outbox(TwinWorld world) => world.Get<IDesiredOutbox>();

    private static Task<IReadOnlyList<OutgoingDocument>> ClaimAsync(TwinWorld world) => Outbox(world).ClaimAsync(100);

    private static async Task<TwinWorld> WithDesiredAsync(StoreKind kind)
    {
        var world = await TwinWorld.CreateAsync(kind);
        await world.EnrollAsync("c333");
        await world.DesireAsync("c333", """{"a":1}""");
        return world;
    }
}
