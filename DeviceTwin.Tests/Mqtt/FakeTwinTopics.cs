using System.Collections.Concurrent;
using System.Text.Json;
using DeviceTwin.Api.Twins.Reporting;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>The twins' side of the twin topics: keeps what it is given, and does as the test says.</summary>
internal sealed class FakeTwinTopics : ITwinTopics
{
    /// <summary>Says what becomes of a patch.</summary>
    public Func<ReportedPatch, ReportedOutcome?> Apply { get; set; } = _ => new ReportedOutcome(1);

    public ConcurrentQueue<ReportedPatch> Patches { get; } = new();

    /// <summary>Awaited before a patch is applied.</summary>
    public Task Open { get; set; } = Task.CompletedTask;

    public async Task<ReportedOutcome?> ApplyAsync(ReportedPatch patch, CancellationToken cancellationToken)
    {
        await Open.WaitAsync(cancellationToken);
        var outcome = Apply(patch);
        Patches.Enqueue(patch);
        return outcome;
    }

    public Task<ReportedOutcome?> RefuseAsync(string deviceId, string reason, CancellationToken cancellationToken) =>
        Task.FromResult<ReportedOutcome?>(
            new ReportedOutcome(3, new ReportedRefusal(ReportedRefusal.InvalidPatch, reason))
        );

    public Task<TwinDocument?> ReadAsync(string deviceId, CancellationToken cancellationToken) =>
        Task.FromResult<TwinDocument?>(
            deviceId == "unknown" ? null : new TwinDocument([], 0, JsonElement.Parse("{}"), Patches.Count, [])
        );
}
