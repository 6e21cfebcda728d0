using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Data.Values;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>The merged properties as devices are told them: a new version whenever they change, whichever layer that comes from.</summary>
public static class DesiredDocuments
{
    /// <summary>Writes the documents of devices that are to be told something new; they are published after the commit.</summary>
    /// <param name="context">The context, in the transaction that moves the devices and holds their sync rows.</param>
    /// <param name="states">The devices' states by twin.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task WriteAsync(
        TwinDbContext context,
        IReadOnlyDictionary<long, TwinState> states,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(states);
        long[] twinIds = [.. states.Keys];
        var documents = await context
            .DesiredDocuments.Where(document => twinIds.Contains(document.TwinId))
            .ToDictionaryAsync(document => document.TwinId, cancellationToken);
        var unsent = new List<long>();
        foreach (var (twinId, state) in states)
        {
            var properties = state.Desired.Properties;
            if (!documents.TryGetValue(twinId, out var document))
            {
                if (properties.Count == 0)
                {
                    continue;
                }

                document = new DesiredDocument { TwinId = twinId };
                context.Add(document);
            }

            var canonical = StoredJson.Canonical(properties);
            if (!StoredJson.AreEqual(document.Properties, canonical))
            {
                if (document.DueAt is not null)
                {
                    unsent.Add(twinId);
                }

                document.Properties = canonical;
                document.Version++;
                document.DueAt = now;
            }
        }

        await SetAsideReleases.ReleaseAsync(context, [WorkerNames.DesiredOutbox], unsent, cancellationToken);
    }

    /// <summary>A twin goes out of sight or comes back: what is retained for its device is taken away, or put there again.</summary>
    /// <param name="context">The context, in a transaction that holds the device's row.</param>
    /// <param name="device">The twin.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task PublishAgainAsync(
        TwinDbContext context,
        Device device,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(device);
        await context
            .DesiredDocuments.Where(document => document.TwinId == device.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(document => document.DueAt, now), cancellationToken);
        await SetAsideReleases.ReleaseAsync(context, [WorkerNames.DesiredOutbox], [device.Id], cancellationToken);
    }
}
