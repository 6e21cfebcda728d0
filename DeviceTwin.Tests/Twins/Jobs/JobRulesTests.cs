using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Jobs;
using DeviceTwin.Data.Actions;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins.Jobs;

/// <summary>What a job must hold before it is started.</summary>
public sealed class JobRulesTests
{
    private static readonly JobSettings Limits = new();

    [Theory]
    [InlineData(0, 20, "concurrency")]
    [InlineData(-1, 20, "concurrency")]
    [InlineData(1_001, 20, "concurrency")]
    [InlineData(1, -1, "maxFailurePercent")]
    [InlineData(1, 101, "maxFailurePercent")]
    [InlineData(1, 0, null)]
    [InlineData(1_000, 100, null)]
    public void The_numbers_have_limits(int concurrency, int maxFailurePercent, string? field) =>
        Assert.Equal(field, JobRules.Check(JobWorld.Request(concurrency, maxFailurePercent), Limits)?.Field);

    [Theory]
    [InlineData(ActionKind.Install, null, null, "snap")]
    [InlineData(ActionKind.Install, "nats", "latest/edge", "data")]
    [InlineData(ActionKind.List, "nats", null, "snap")]
    [InlineData(ActionKind.List, null, "x", "data")]
    [InlineData(ActionKind.Logs, null, """{"url":"https://example.org"}""", "kind")]
    [InlineData(ActionKind.Snapshot, "nats", """{"url":"https://example.org"}""", "kind")]
    [InlineData(ActionKind.Switch, "nats", null, "data")]
    [InlineData(ActionKind.Setconf, "nats", null, "data")]
    [InlineData(ActionKind.Setconf, "nats", "{\"port\":", "data")]
    [InlineData(ActionKind.Setconf, "nats", "[{\"port\":1}]", "data")]
    [InlineData(ActionKind.Setconf, "nats", "null", "data")]
    [InlineData(ActionKind.Start, "nats", "nats.server", "data")]
    [InlineData(ActionKind.Stop, "nats", """{"services":"nats.server"}""", "data")]
    [InlineData(ActionKind.Restart, "nats", """{"services":[null]}""", "data")]
    [InlineData(ActionKind.User, null, null, "data")]
    [InlineData(ActionKind.User, null, """{"action":"create"}""", "data")]
    [InlineData(ActionKind.User, null, """{"action":"remove","username":1}""", "data")]
    [InlineData(ActionKind.Ack, null, " ", "data")]
    [InlineData(ActionKind.Switch, "nats", "2.10/stable", null)]
    [InlineData(ActionKind.Setconf, "nats", """{"port":1}""", null)]
    [InlineData(ActionKind.Start, "nats", null, null)]
    [InlineData(ActionKind.Stop, "nats", """{"services":["nats.server"]}""", null)]
    [InlineData(ActionKind.User, null, """{"action":"create","email":"ann@example.org"}""", null)]
    [InlineData(ActionKind.User, null, """{"action":"remove","username":"ann"}""", null)]
    [InlineData(ActionKind.Unregister, null, null, null)]
    public void What_a_kind_needs_is_asked_for_by_the_jobs_own_fields(
        ActionKind kind,
        string? snap,
        string? data,
        string? field
    )
    {
        var request = JobWorld.Request() with { Kind = kind, Snap = snap, Data = data };
        Assert.Equal(field, JobRules.Check(request, Limits)?.Field);
    }

    [Theory, EveryStore]
    public async Task A_job_for_no_device_or_for_too_many_is_not_stored(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        world.Settings.Job.DevicesLimit = 3;
        Assert.Equal("where", await RefusedAsync());
        await world.AddDevicesAsync(4);
        Assert.Equal("where", await RefusedAsync());
        await using var context = await world.OpenAsync();
        Assert.Equal(0, await context.Jobs.CountAsync());

        async Task<string> RefusedAsync()
        {
            var outcome = await world.Get<JobRequests>().StartAsync(JobWorld.Request(), "ann", CancellationToken.None);
            return Assert.IsType<InvalidInput>(outcome.Error).Field;
        }
    }

    [Theory, EveryStore]
    public async Task Without_data_all_services_of_the_snap_are_meant(StoreKind kind)
    {
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(1);
        var request = JobWorld.Request() with { Kind = ActionKind.Stop };
        await world.Get<JobRequests>().StartAsync(request, "ann", CancellationToken.None);
        await world.RunJobsAsync();
        Assert.Equal("{}", Assert.Single(await world.SendAsync()).Data);
    }
}
