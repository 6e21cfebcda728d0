namespace DeviceTwin.Simulator;

/// <summary>A daemon in a snap.</summary>
/// <param name="Name">Its name inside the snap, e.g. <c>server</c> for <c>nats.server</c>.</param>
/// <param name="Daemon">How systemd runs it: <c>simple</c>, <c>forking</c>, <c>oneshot</c> or <c>notify</c>.</param>
/// <param name="Enabled">Whether it starts with the device.</param>
/// <param name="Active">Whether it runs.</param>
public sealed record SimulatedService(string Name, string Daemon, bool Enabled, bool Active);

/// <summary>A snap on a simulated device at one moment; a change makes a new one.</summary>
public sealed record SimulatedSnap
{
    /// <summary>The snap's name.</summary>
    public required string Name { get; init; }

    /// <summary>The snap's id in the store, which <c>info</c> sends in place of the device id.</summary>
    public required string StoreId { get; init; }

    /// <summary>The channel it follows, e.g. <c>latest/stable</c>.</summary>
    public required string Channel { get; init; }

    /// <summary>The publisher's version.</summary>
    public required string Version { get; init; }

    /// <summary>The store's revision; a refresh raises it.</summary>
    public required int Revision { get; init; }

    /// <summary>Bytes.</summary>
    public required long InstalledSize { get; init; }

    /// <summary>When this revision was installed.</summary>
    public required DateTimeOffset InstalledAt { get; init; }

    /// <summary><c>strict</c>, <c>classic</c> or <c>devmode</c>.</summary>
    public string Confinement { get; init; } = "strict";

    /// <summary>Whether it was installed in developer mode.</summary>
    public bool Devmode { get; init; }

    /// <summary>False after <c>disable</c>.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Its configuration, JSON text; null when it has none.</summary>
    public string? Config { get; init; }

    /// <summary>Its daemons.</summary>
    public IReadOnlyList<SimulatedService> Services { get; init; } = [];

    /// <summary>Whether the device's model needs it, so that it can be neither removed nor disabled.</summary>
    public bool Essential { get; init; }

    /// <summary>What <c>revert</c> goes back to.</summary>
    internal SimulatedSnap? Previous { get; init; }

    /// <summary>snapd's word for it: <c>active</c>, or <c>installed</c> when disabled.</summary>
    public string Status => Enabled ? "active" : "installed";
}
