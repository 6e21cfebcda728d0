namespace DeviceTwin.Api.Configuration;

/// <summary>A value that some source gave, and where it stands.</summary>
/// <param name="Key">The key, e.g. <c>database.source</c>.</param>
/// <param name="Value">The value as one would write it, <c>***</c> for a secret, <c>none</c> for none.</param>
/// <param name="Origin">Where it stands, e.g. <c>/etc/twin/config.yaml, line 3</c>.</param>
public sealed record SettingOrigin(string Key, string Value, string Origin);

/// <summary>What the start of the service was told.</summary>
/// <param name="Settings">Every setting, checked.</param>
/// <param name="Origins">The keys that some source gave, by name; all others have their defaults.</param>
/// <param name="Switches">The switches of the command line.</param>
public sealed record LoadedSettings(
    Settings Settings,
    IReadOnlyList<SettingOrigin> Origins,
    IReadOnlySet<StartSwitch> Switches
)
{
    /// <summary>
    /// Reads the sources anew, without the rules between keys: for what may change while the service runs. Null where the
    /// settings have no sources.
    /// </summary>
    public Func<Settings>? ReadAgain { get; init; }

    /// <summary>Whether to start a simulated fleet in this process.</summary>
    public bool Demo => Switches.Contains(StartSwitch.Demo);

    /// <summary>Whether to bring the database up to date and end.</summary>
    public bool MigrateOnly => Switches.Contains(StartSwitch.MigrateOnly);

    /// <summary>Whether to ask a running service for its health and end.</summary>
    public bool Health => Switches.Contains(StartSwitch.Health);
}
