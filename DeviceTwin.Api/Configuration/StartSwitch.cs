namespace DeviceTwin.Api.Configuration;

/// <summary>A switch of the command line: it has no value and stands in no file.</summary>
/// <param name="Name">As it is typed, e.g. <c>--demo</c>.</param>
/// <param name="Meaning">What it does.</param>
public sealed record StartSwitch(string Name, string Meaning)
{
    /// <summary>Shows every key and switch.</summary>
    public static readonly StartSwitch Help = new("--help", "Shows this and ends.");

    /// <summary>Shows the version.</summary>
    public static readonly StartSwitch Version = new("--version", "Shows the version and ends.");

    /// <summary>Starts a simulated fleet in the same process.</summary>
    public static readonly StartSwitch Demo = new(
        "--demo",
        "Starts a fleet of simulated devices in the same process, on the memory driver unless database.driver names another."
    );

    /// <summary>Applies migrations only.</summary>
    public static readonly StartSwitch MigrateOnly = new("--migrate-only", "Brings the database up to date and ends.");

    /// <summary>Asks a running service.</summary>
    public static readonly StartSwitch Health = new(
        "--health",
        "Asks the service that runs with the same settings whether it is ready, and ends: 0 when it is, else 1."
    );

    /// <summary>Every switch.</summary>
    public static IReadOnlyList<StartSwitch> All { get; } = [Help, Version, Demo, MigrateOnly, Health];
}
