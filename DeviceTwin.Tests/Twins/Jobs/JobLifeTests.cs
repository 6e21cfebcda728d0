using System.Diagnostics.CodeAnalysis;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Jobs;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Twins.Jobs;

/// <summary>Jobs whose devices do what they like.</summary>
public sealed class JobLifeTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite, 1)]
    [InlineData(StoreKind.Sqlite, 2)]
    [InlineData(StoreKind.Sqlite, 3)]
    [InlineData(StoreKind.Sqlite, 4)]
    [InlineData(StoreKind.Postgres, 5)]
    [InlineData(StoreKind.Postgres, 6)]
    [SuppressMessage("Security", "CA5394", Justification = "The same seed has to make the same life.")]
    public async Task Whatever_devices_do_a_job_keeps_its_limits_and_comes_to_its_end(StoreKind kind, int seed)
    {
        var random = new Random(seed);
        await using var world = await TwinWorld.CreateAsync(kind);
        await world.AddDevicesAsync(25);
        var (concurrency, percent) = (random.Next(1, 8), random.Next(10, 60));
        var job = await world.StartJobAsync(concurrency, percent);
        var underWay = new List<OutgoingAction>();
        for (var step = 0; step < 400 && (await world.JobAsync(job)).FinishedAt is null; step++)
        {
            await StepAsync(random.Next(100), $"d{random.Next(25):000}");
            await world.RunJobsAsync();
            await CheckAsync();
        }

        // All that are left come back and answer.
        await world.MoveAsync(Connectivity.Online, [.. Enumerable.Range(0, 25).Select(number => $"d{number:000}")]);
        for (var round = 0; round < 30; round++)
        {
            underWay.AddRange((await world.SendAsync()).Where(action => action.Kind == ActionKind.Install));
            underWay.ForEach(action => world.AnswerAsync(action, message: "100").GetAwaiter().GetResult());
            underWay.Clear();
            await world.RunJobsAsync();
            await CheckAsync();
        }

        var ended = await world.JobAsync(job);
        Assert.NotNull(ended.FinishedAt);
        Assert.True(ended.Status == JobStatus.Aborted || ended.Pending == 0);
        var actions = await world.ActionsAsync(job);
        Assert.Equal(ended.Succeeded, actions.Count(action => action.Status == ActionStatus.Completed));
        Assert.Equal(ended.Failed, actions.Count(action => action.Status != ActionStatus.Completed));

        async Task StepAsync(int chance, string deviceId)
        {
            switch (chance)
            {
                case < 25:
                    underWay.AddRange((await world.SendAsync()).Where(action => action.Kind == ActionKind.Install));
                    break;
                case < 70 when underWay.Count > 0:
                    await world.AnswerAsync(underWay[0], success: random.Next(100) < 75);
                    underWay.RemoveAt(0);
                    break;
                case < 80:
                    await world.MoveAsync(Connectivity.Offline, deviceId);
                    break;
                case < 95:
                    await world.MoveAsync(Connectivity.Online, deviceId);
                    break;
                case < 98:
                    await world.Get<Lifecycle>().DeleteAsync("abc", deviceId, "ann", CancellationToken.None);
                    break;
            }
        }

        async Task CheckAsync()
        {
            var now = await world.JobAsync(job);
            var actions = await world.ActionsAsync(job);
            Assert.Equal(now.Total, now.Pending + now.Succeeded + now.Failed);
            Assert.Equal(actions.Count, actions.Select(action => action.DeviceId).Distinct().Count());
            Assert.InRange(actions.Count(action => action.Status == ActionStatus.Sent), 0, concurrency);
        }
    }
}
