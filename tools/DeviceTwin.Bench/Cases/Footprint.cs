using System.Globalization;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>What the service takes of a machine before it does anything, and after every device has spoken.</summary>
/// <param name="devices">How many devices speak.</param>
internal sealed class Footprint(int devices) : IBenchCase
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public string Name => "footprint";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"with SQLite and the embedded broker: from the start of the process until it is ready (the second start, with a database that is there), its memory then and after {devices:N0} devices have sent a heartbeat, and the size of what is published"
        );

    /// <inheritdoc/>
    public string Reach => "ready in 1.5 s; below 120 MB idle, below 250 MB with all devices";

    /// <inheritdoc/>
    public SiteKind Kind => SiteKind.Embedded;

    /// <inheritdoc/>
    public Task PrepareAsync(Site site, CancellationToken cancellationToken) =>
        HeartbeatRun.EnrollAsync(site, devices, cancellationToken);

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        await site.RestartServiceAsync(cancellationToken);
        var ready = site.Service.ReadyAfter;
        await Task.Delay(Settling, cancellationToken);
        var (idle, files) = (site.Service.Use.ResidentBytes(), site.Service.Use.FileBytes());
        var run = await HeartbeatRun.MeasureAsync(site, new BurstSize(devices, devices), cancellationToken);
        var published = new DirectoryInfo(Path.GetDirectoryName(Path.GetFullPath(site.Program))!);
        var size = published.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        return new Sample(
            run.Lost,
            new Figure("start to ready", "s", ready.TotalSeconds),
            new Figure("memory idle", "MB", idle / 1e6),
            new Figure("memory idle, files left out", "MB", (idle - files) / 1e6),
            new Figure("memory after all devices", "MB", site.Service.Use.ResidentBytes() / 1e6),
            new Figure("published", "MB", size / 1e6)
        );
    }
}
