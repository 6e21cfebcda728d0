using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Hosting;

public sealed class WorkerProgressTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void A_worker_that_has_work_and_finishes_none_is_stalled_until_it_does()
    {
        var progress = new WorkerProgress(clock);
        progress.HasWork("jobs");
        clock.Advance(TimeSpan.FromMinutes(1));
        progress.HasWork("jobs");
        progress.HasWork("metrics");
        Assert.Empty(progress.StalledFor(Limit));

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([("jobs", Limit)], progress.StalledFor(Limit));

        progress.Progressed("jobs");
        Assert.Empty(progress.StalledFor(Limit));
        clock.Advance(Limit);
        Assert.Equal([("jobs", Limit), ("metrics", Limit + TimeSpan.FromMinutes(1))], progress.StalledFor(Limit));
    }

    [Fact]
    public void An_idle_worker_is_never_stalled()
    {
        var progress = new WorkerProgress(clock);
        progress.HasWork("jobs");
        progress.Idle("jobs");
        progress.Progressed("jobs");
        clock.Advance(Limit);

        Assert.Empty(progress.StalledFor(Limit));
    }
}
