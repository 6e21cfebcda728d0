using System.Text.Json;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Mqtt;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using Snapshooter.Xunit;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Jobs;

/// <summary>Jobs from the wish to their end.</summary>
public sealed class JobStoryTests(ITestOutputHelper output)
{
    private const string Told = "status total pending succeeded failed";

    [Theory]
    [EveryStore]
    public async Task A_small_job_is_told_from_its_start_to_its_end(StoreKind kind)
    {
        await using var host = await LiveHost.StartAsync(output, kind);
        await AddOnlineAsync(host, "d1", "d2", "d3");
        // What is sent to devices that are not subscribed waits.
        using var devices = await TestDevice.ConnectAsync(host.BrokerHost, host.BrokerPort, "devices");
        await devices.SubscribeAsync("devices/sub/+");
        var started = await host.QueryAsync(
            $$$"""
            mutation {
              startJob(input: {
                organizationId: "demo", where: {deviceId: {startsWith: "d"}}, kind: SWITCH, snap: "nats", data: "2.10/stable",
                concurrency: 1, maxFailurePercent: 40
              }) {
                job {
                  jobId
                  organizationId kind snap data concurrency maxFailurePercent requestedBy {{{Told}}}
                }
                errors { __typename }
              }
            }
            """
        );
        var jobId = started.At("startJob", "job", "jobId").GetString()!;
        await using var stream = await host.FollowAsync(jobId, Told);
        List<JsonElement> events = [await stream.NextAsync()];
        await AnswerAsync(host, jobId, success: true, "101");
        events.Add(await stream.NextAsync());
        await AnswerAsync(host, jobId, success: false, "snap \"nats\" has no channel 2.10/stable");
        events.Add(await stream.NextAsync());
        await AnswerAsync(host, jobId, success: true, "103");
        events.Add(await stream.NextAsync());
        await stream.Events.Completion.WaitAsync(TimeSpan.FromSeconds(20));

        var ended = await host.JobAsync(
            jobId,
            $$"""{{Told}} actions { totalCount nodes { deviceId kind snap data status message requestedBy } }"""
        );
        var story = JsonSerializer.Serialize(
            new
            {
                started,
                events,
                ended,
            },
            Answers.Indented
        );
        Snapshot.Match(
            story.Replace(jobId, "the job's id", StringComparison.Ordinal),
            "A_small_job_is_told_from_its_start_to_its_end"
        );
    }

    [Fact]
    public async Task A_job_for_simulated_devices_comes_to_its_end_over_a_restart()
    {
        // A broker of its own keeps what devices answer while the service is away.
        await using var broker = await MosquittoBroker.StartAsync();
        await using var host = await TwinHost.StartAsync(output, new TwinHostOptions { Broker = broker });
        for (var number = 0; number < 12; number++)
        {
            await host.ConnectDeviceAsync($"f{number:00}", LiveHost.Busy);
        }

        for (var number = 0; number < 12; number++)
        {
            await host.KnowsSnapsOfAsync($"f{number:00}");
        }

        var jobId = await host.StartJobAsync(
            "where: {deviceId: {startsWith: \"f\"}}, kind: INSTALL, snap: \"hello-world\", concurrency: 2"
        );
        await Eventually.BecomesTrueAsync(
            async () => (await host.JobAsync(jobId)).GetProperty("succeeded").GetInt32() > 2,
            "some have ended"
        );
        await host.RestartAsync();
        await using var stream = await host.FollowAsync(jobId);
        var job = default(JsonElement);
        var last = 0;
        do
        {
            job = (await stream.NextAsync()).GetProperty("jobChanged");
            var (pending, succeeded) = (job.GetProperty("pending").GetInt32(), job.GetProperty("succeeded").GetInt32());
            Assert.Equal(12, pending + succeeded);
            Assert.InRange(succeeded, last, 12);
            last = succeeded;
        } while (job.GetProperty("finishedAt").ValueKind == JsonValueKind.Null);
        await stream.Events.Completion.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal("SUCCEEDED 0 12 0", (await host.JobAsync(jobId)).Text());
        var actions = (await host.JobAsync(jobId, "actions { nodes { deviceId jobId } }")).At("actions", "nodes");
        Assert.Equal(12, actions.Texts("deviceId").Distinct().Count());
        Assert.All(actions.Texts("jobId"), id => Assert.Equal(jobId, id));
    }

    [Fact]
    public async Task A_job_that_fails_everywhere_stops_and_leaves_the_rest_alone()
    {
        await using var host = await LiveHost.StartAsync(output);
        var failing = LiveHost.Busy with { FailureRate = 1 };
        for (var number = 0; number < 14; number++)
        {
            await host.ConnectDeviceAsync($"f{number:00}", failing);
            await host.KnowsSnapsOfAsync($"f{number:00}");
        }

        var jobId = await host.StartJobAsync("where: {}, kind: INSTALL, snap: \"hello-world\", concurrency: 1");
        Assert.Equal("ABORTED 4 0 10", (await host.FinishesAsync(jobId)).Text());
        var actions = await host.JobAsync(jobId, "actions(where: {status: {eq: FAILED}}) { totalCount }");
        Assert.Equal(10, actions.At("actions", "totalCount").GetInt32());
    }

    [Fact]
    public async Task A_job_that_waits_for_offline_devices_can_be_cancelled()
    {
        await using var host = await LiveHost.StartAsync(output);
        await host.AddDevicesAsync("d1", "d2");
        var jobId = await host.StartJobAsync("where: {}, kind: LIST");
        await using var stream = await host.FollowAsync(jobId);
        Assert.Equal("RUNNING 2 0 0", (await stream.NextAsync()).GetProperty("jobChanged").Text());

        await host.RunAsync("cancelJob", $"jobId: \"{jobId}\"");
        await stream.NextAsync(data => data.At("jobChanged", "finishedAt").ValueKind != JsonValueKind.Null);
        await stream.Events.Completion.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("CANCELLED 2 0 0", (await host.JobAsync(jobId)).Text());
    }

    private static async Task AddOnlineAsync(TwinHost host, params string[] deviceIds)
    {
        await host.AddDevicesAsync(deviceIds);
        await using var context = await host.OpenStoreAsync();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await context.Heartbeats.ExecuteUpdateAsync(set =>
            set.SetProperty(row => row.Connectivity, Connectivity.Online)
                // Nobody publishes for them, and they must not go offline.
                .SetProperty(row => row.LastSeenAt, now.AddHours(1))
        );
    }

    private static async Task AnswerAsync(TwinHost host, string jobId, bool success, string message)
    {
        await using var context = await host.OpenStoreAsync();
        DeviceAction? sent = null;
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                sent = await context
                    .Actions.AsNoTracking()
                    .SingleOrDefaultAsync(action => action.JobId == jobId && action.Status == ActionStatus.Sent);
                return sent is not null;
            },
            "the action is sent"
        );
        var answer = new Answer(
            sent!.DeviceId,
            sent.ActionId,
            "switch",
            success,
            message,
            Result: null,
            TimeProvider.System.GetUtcNow().UtcDateTime
        );
        Assert.Null(await host.Services.GetRequiredService<IIntake>().ApplyAsync(answer, CancellationToken.None));
    }
}
