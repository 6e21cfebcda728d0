using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>Where one snap is not as it should be: what drift tells, and what a plan acts on.</summary>
public sealed class SnapDrift
{
    /// <summary>snapd's status of a snap that is enabled.</summary>
    private const string ActiveStatus = "active";

    private const string NoKeys = "{}";

    private SnapDrift(DesiredSnap desired, Snap? reported)
    {
        Desired = desired;
        Reported = reported;
        Presence = desired.Presence == SnapPresence.Present != reported is not null;
        if (desired.Presence == SnapPresence.Absent || reported is null)
        {
            return;
        }

        Channel = desired.Channel is { } channel && !Channels.AreSame(channel, reported.Channel);
        Revision = desired.Revision is { } revision && revision != reported.Revision;
        Enabled = desired.Enabled is { } enabled && enabled != (reported.Status == ActiveStatus);
        Config = desired.Config is { } config ? Differences(reported.Config, config) : [];
        Services = desired.Services is { } services ? Differences(reported, services) : [];
    }

    /// <summary>What it should be.</summary>
    public DesiredSnap Desired { get; }

    /// <summary>What it is; null where it is not installed.</summary>
    public Snap? Reported { get; }

    /// <summary>Whether it is installed and should not be, or should be and is not; nothing else of it differs then.</summary>
    public bool Presence { get; }

    /// <summary>Whether it tracks another channel.</summary>
    public bool Channel { get; }

    /// <summary>Whether it has another revision.</summary>
    public bool Revision { get; }

    /// <summary>Whether it is enabled and should not be, or should be and is not.</summary>
    public bool Enabled { get; }

    /// <summary>The keys of its configuration that differ.</summary>
    public IReadOnlyList<JsonDifference> Config { get; } = [];

    /// <summary>Its services that run and should not, or should and do not.</summary>
    public IReadOnlyList<ServiceDifference> Services { get; } = [];

    /// <summary>Compares each desired snap with the one that is reported.</summary>
    /// <param name="desired">What the device should be.</param>
    /// <param name="reported">Its snaps.</param>
    public static IEnumerable<SnapDrift> Of(MergedState desired, IReadOnlyCollection<Snap> reported)
    {
        var byName = reported.ToDictionary(snap => snap.Name, StringComparer.Ordinal);
        return desired.Snaps.Select(merged => new SnapDrift(merged.Snap, byName.GetValueOrDefault(merged.Snap.Name)));
    }

    /// <summary>One entry a path that differs.</summary>
    public IEnumerable<DriftEntry> Entries()
    {
        var path = new KeyPath(["snaps", Desired.Name]);
        if (Presence)
        {
            var reported = Reported is null ? SnapPresence.Absent : SnapPresence.Present;
            yield return Entry(path.Then("presence"), Desired.Presence, reported, DesiredJson.Default.SnapPresence);
        }

        if (Channel)
        {
            yield return Entry(path.Then("channel"), Desired.Channel, Reported!.Channel, DesiredJson.Default.String!);
        }

        if (Revision)
        {
            yield return Entry(
                path.Then("revision"),
                Desired.Revision!.Value,
                Reported!.Revision,
                DesiredJson.Default.Int32
            );
        }

        if (Enabled)
        {
            var isEnabled = Desired.Enabled!.Value;
            yield return Entry(path.Then("enabled"), isEnabled, !isEnabled, DesiredJson.Default.Boolean);
        }

        foreach (var difference in Config)
        {
            var configPath = path.Then("config").Then(difference.Path.Keys);
            yield return new DriftEntry(configPath.ToString(), difference.Wanted, difference.Reported);
        }

        foreach (var service in Services)
        {
            var servicePath = path.Then("services", service.Name, "active");
            var entry = Entry(servicePath, service.Active, !service.Active, DesiredJson.Default.Boolean);
            yield return service.IsReported ? entry : entry with { Reported = null };
        }
    }

    private static DriftEntry Entry<T>(KeyPath path, T desired, T reported, JsonTypeInfo<T> type) =>
        new(
            path.ToString(),
            JsonSerializer.SerializeToElement(desired, type),
            JsonSerializer.SerializeToElement(reported, type)
        );

    private static List<JsonDifference> Differences(string? reported, string desired)
    {
        // A snap without configuration tells of none, or of something that has no keys.
        var config = StoredJson.Read(reported ?? NoKeys);
        return
        [
            .. JsonContainment.Differences(
                config.ValueKind == JsonValueKind.Object ? config : StoredJson.Read(NoKeys),
                StoredJson.Read(desired),
                keysArePaths: true
            ),
        ];
    }

    private static List<ServiceDifference> Differences(Snap reported, IReadOnlyList<DesiredService> desired)
    {
        var services = JsonSerializer.Deserialize(reported.Services, TwinJson.Default.IReadOnlyListSnapService) ?? [];
        return
        [
            .. from wanted in desired
            let name = ActionData.ServiceName(wanted.Name, reported.Name)
            let found = services.FirstOrDefault(service => ActionData.ServiceName(service.Name, reported.Name) == name)
            where found?.Active != wanted.Active
            select new ServiceDifference(name, wanted.Active, found is not null),
        ];
    }
}

/// <summary>A service that is not as it should be.</summary>
/// <param name="Name">Its name, without the snap's in front.</param>
/// <param name="Active">Whether it should run.</param>
/// <param name="IsReported">Whether the device tells of it at all; older agents tell of none.</param>
public sealed record ServiceDifference(string Name, bool Active, bool IsReported);
