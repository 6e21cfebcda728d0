using System.Globalization;

namespace DeviceTwin.Simulator;

/// <summary>What snapd, or the agent in front of it, says when it refuses; the message goes into the answer as it is.</summary>
internal sealed class SnapdException(string message) : Exception(message);

/// <summary>
/// The snap daemon of one device. As in the real one a change is accepted at once, with a change id, and seen in the list
/// some time later. Changes are carried out in the order in which they came. Not thread safe.
/// </summary>
/// <param name="factoryImage">What is installed at first.</param>
/// <param name="firstChange">The first change id.</param>
/// <param name="delay">From a change's acceptance to its effect.</param>
/// <param name="time">The clock.</param>
internal sealed class Snapd(SnapList factoryImage, int firstChange, TimeSpan delay, TimeProvider time)
{
    private readonly Queue<(DateTimeOffset DueAt, SnapList List)> _changes = new();
    private SnapList now = factoryImage;
    private SnapList soon = factoryImage;
    private int nextChange = firstChange;

    /// <summary>What is installed now; changes under way do not show yet.</summary>
    public SnapList Now
    {
        get
        {
            while (_changes.TryPeek(out var change) && change.DueAt <= time.GetUtcNow())
                now = _changes.Dequeue().List;
            return now;
        }
    }

    /// <summary>A snap that is installed now.</summary>
    /// <exception cref="SnapdException">It is not.</exception>
    public SimulatedSnap Installed(string name) => Now.Find(name) ?? throw new SnapdException("snap not installed");

    public string Install(string name)
    {
        if (soon.Find(name) is not null)
            throw new SnapdException($"snap \"{name}\" is already installed");
        return Accept(soon.With(SnapStore.Newest(name) with { InstalledAt = DueAt }));
    }

    public string Remove(string name)
    {
        if (Find(name).Essential)
            throw new SnapdException($"snap \"{name}\" is not removable: snap is used by the model");
        return Accept(soon.Without(name));
    }

    public string Refresh(string name, string? channel = null)
    {
        var snap = Find(name);
        if (!snap.Enabled)
            throw new SnapdException($"refreshing disabled snap \"{name}\" not supported");
        return Accept(
            soon.With(
                snap with
                {
                    Channel = channel ?? snap.Channel,
                    Revision = snap.Revision + 1,
                    Version = NextVersion(snap.Version),
                    InstalledAt = DueAt,
                    Previous = snap,
                }
            )
        );
    }

    /// <summary>The revision goes back; configuration, channel and whether it is enabled stay.</summary>
    public string Revert(string name)
    {
        var snap = Find(name);
        var previous = snap.Previous ?? throw new SnapdException("no revision to revert to");
        return Accept(
            soon.With(
                snap with
                {
                    Revision = previous.Revision,
                    Version = previous.Version,
                    InstalledAt = DueAt,
                    Previous = previous.Previous,
                }
            )
        );
    }

    public string SetEnabled(string name, bool enabled)
    {
        var snap = Find(name);
        if (snap.Enabled == enabled)
            throw new SnapdException($"snap \"{name}\" already {(enabled ? "enabled" : "disabled")}");
        if (snap.Essential)
            throw new SnapdException($"snap \"{name}\" cannot be disabled");
        var services = snap.Services.Select(s => s with { Active = enabled && s.Enabled && s.Daemon != "oneshot" });
        return Accept(soon.With(snap with { Enabled = enabled, Services = [.. services] }));
    }

    /// <param name="name">The snap.</param>
    /// <param name="changes">A JSON object as text: keys may be dotted, null takes a key away.</param>
    public string Configure(string name, string changes) =>
        Accept(soon.With(Find(name) with { Config = SnapConfiguration.Merge(Find(name).Config, changes) }));

    /// <summary>Starts or stops services; none named means all.</summary>
    public string SetActive(string name, IReadOnlyList<string> services, bool active)
    {
        var snap = Find(name);
        if (snap.Services.Count == 0)
            throw new SnapdException($"snap \"{name}\" has no services");
        if (services.Count > 0 && !snap.Enabled)
            throw new SnapdException($"snap \"{name}\" is disabled");
        foreach (var service in services.Where(service => snap.Services.All(s => $"{name}.{s.Name}" != service)))
            throw new SnapdException(
                $"snap \"{name}\" has no service \"{service[(service.IndexOf('.', StringComparison.Ordinal) + 1)..]}\""
            );
        var changed = snap.Services.Select(service =>
            services.Count == 0 || services.Contains($"{name}.{service.Name}")
                ? service with
                {
                    Active = active && service.Daemon != "oneshot",
                }
                : service
        );
        return Accept(soon.With(snap with { Services = [.. changed] }));
    }

    /// <summary>A change id for something that changes no snap.</summary>
    public string NextChange() => (nextChange++).ToString(CultureInfo.InvariantCulture);

    private DateTimeOffset DueAt => time.GetUtcNow() + delay;

    private SimulatedSnap Find(string name) =>
        soon.Find(name) ?? throw new SnapdException($"snap \"{name}\" is not installed");

    private string Accept(SnapList list)
    {
        soon = list;
        _changes.Enqueue((DueAt, list));
        return NextChange();
    }

    /// <summary>The version with its last number raised; versions without one get one.</summary>
    private static string NextVersion(string version)
    {
        var digits = version.Length - version.AsSpan().TrimEnd("0123456789").Length;
        return long.TryParse(version.AsSpan(version.Length - digits), CultureInfo.InvariantCulture, out var last)
            ? string.Create(CultureInfo.InvariantCulture, $"{version.AsSpan(0, version.Length - digits)}{last + 1}")
            : version + ".1";
    }
}
