using DeviceTwin.Data;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Mqtt;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Twins;

public sealed class RepeatedWorkTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly WorkerProgress progress;
    private readonly LogLines log = new();
    private readonly Work work;

    public RepeatedWorkTests()
    {
        progress = new WorkerProgress(clock);
        work = new Work(progress, clock, log.CreateLogger(nameof(RepeatedWorkTests)));
    }

    [Fact]
    public async Task A_store_that_is_away_is_logged_once_and_any_other_failure_with_its_stack_and_the_work_goes_on()
    {
        work.Round = () => throw new SqliteException("database is locked", 5);
        await work.StartAsync(CancellationToken.None);
        await RoundsAsync(3);
        Assert.Equal(1, log.CountOf("waits for the store"));
        Assert.Equal("test", Assert.Single(progress.StalledFor(TimeSpan.FromSeconds(1))).Worker);

        work.Round = () => throw new InvalidTimeZoneException("No one expects this.");
        var began = clock.GetUtcNow();
        await RoundsAsync(3);
        var minutes = (int)(clock.GetUtcNow() - began).TotalMinutes;
        Assert.InRange(log.CountOf("A round of the worker test failed"), 1, 1 + minutes);

        work.Round = () => false;
        await RoundsAsync(3);
        Assert.Equal(1, log.CountOf("works again"));
        Assert.Empty(progress.StalledFor(TimeSpan.Zero));
        await work.StopAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        work.Dispose();
        log.Dispose();
    }

    private Task RoundsAsync(int count)
    {
        var until = work.Rounds + count;
        return Eventually.BecomesTrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return work.Rounds >= until;
            },
            "rounds are run"
        );
    }

    private sealed class Work(WorkerProgress progress, TimeProvider clock, ILogger logger)
        : RepeatedWork("test", TimeSpan.FromSeconds(1), progress, StoreFault.Outage, clock, logger)
    {
        private int rounds;

        public int Rounds => Volatile.Read(ref rounds);

        public Func<bool> Round { get; set; } = () => false;

        public override Task<bool> RunAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref rounds);
            return Task.FromResult(Round());
        }
    }
}
