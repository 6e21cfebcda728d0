using System.CommandLine;

namespace DeviceTwin.Simulator;

/// <summary>The command line: its options, and running a fleet until Ctrl+C.</summary>
internal sealed class SimulatorCommand : RootCommand
{
    private static readonly SimulatorOptions Defaults = new();

    /// <summary>Thousands of connections take some seconds to say goodbye.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private readonly Option<int> devices = Number("--devices", "How many devices.", Defaults.Devices);
    private readonly Option<string> organization = Text("--organization", "Their organization.", Defaults.Organization);
    private readonly Option<string> prefix = Text("--prefix", "What their ids begin with.", Defaults.Prefix);
    private readonly Option<TimeSpan?> interval = Time("--interval", "From one heartbeat to the next (60s).");
    private readonly Option<string> broker = Text("--broker", "The broker's host.", Defaults.Broker);
    private readonly Option<int?> port = new("--port") { Description = "The broker's port (1883, with TLS 8883)." };
    private readonly Option<string?> ca = File("--ca", "The authority's certificate (PEM); turns TLS on.");
    private readonly Option<string?> certificate = File("--certificate", "The client certificate (PEM); turns TLS on.");
    private readonly Option<string?> key = File("--key", "The client certificate's key (PEM).");
    private readonly Option<string?> folder = File(
        "--certificates-folder",
        "Holds {deviceId}.crt and {deviceId}.key for each device; turns TLS on."
    );
    private readonly Option<double> failures = Share("--failure-rate", "The share of changes that fail (0 to 1).", 0);
    private readonly Option<double> away = Share(
        "--away-share",
        "The share of devices that are away at any moment.",
        0
    );
    private readonly Option<TimeSpan?> awayFor = Time("--away-for", "How long one stays away (5 intervals).");
    private readonly Option<double> older = Share(
        "--older-share",
        "The share of older agents.",
        Defaults.OlderAgentShare
    );
    private readonly Option<double> twin = Share(
        "--twin-share",
        "The share of newer agents that speak the twin topics.",
        Defaults.TwinTopicShare
    );
    private readonly Option<TimeSpan?> snapdDelay = Time("--snapd-delay", "Until a change shows in lists (2s).");
    private readonly Option<int> shared = Number(
        "--shared-connections",
        "All devices share so many connections (0: none).",
        0
    );
    private readonly Option<int> seed = Number("--seed", "The same seed gives the same devices.", Defaults.Seed);
    private readonly Option<int> quality = Number(
        "--qos",
        "The heartbeats' quality of service.",
        Defaults.HeartbeatQuality
    );

    public SimulatorCommand()
        : base("Simulated device agents: heartbeats, metrics and answers over MQTT, until Ctrl+C.")
    {
        foreach (
            var option in new Option[]
            {
                devices,
                organization,
                prefix,
                interval,
                broker,
                port,
                ca,
                certificate,
                key,
                folder,
                failures,
                away,
                awayFor,
                older,
                twin,
                snapdDelay,
                shared,
                seed,
                quality,
            }
        )
            Options.Add(option);
        SetAction(RunAsync);
    }

    /// <summary>Runs a command line until Ctrl+C.</summary>
    /// <returns>0, or 1 when an option cannot be used; then one line says why.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        var line = new SimulatorCommand().Parse(arguments);
        foreach (var complaint in line.Errors)
            await errors.WriteLineAsync(complaint.Message);
        return line.Errors.Count > 0
            ? 1
            : await line.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = output,
                    Error = errors,
                    ProcessTerminationTimeout = Farewell,
                }
            );
    }

    /// <summary>The fleet's options that a command line asks for.</summary>
    public SimulatorOptions Read(ParseResult line)
    {
        var tls = new TlsFiles(
            line.GetValue(ca),
            line.GetValue(certificate),
            line.GetValue(key),
            line.GetValue(folder)
        );
        var isPlain = tls == new TlsFiles();
        return new SimulatorOptions
        {
            Devices = line.GetValue(devices),
            Organization = line.GetRequiredValue(organization),
            Prefix = line.GetRequiredValue(prefix),
            Interval = line.GetValue(interval) ?? Defaults.Interval,
            Broker = line.GetRequiredValue(broker),
            Port = line.GetValue(port) ?? (isPlain ? 1883 : 8883),
            Tls = isPlain ? null : tls,
            FailureRate = line.GetValue(failures),
            AwayShare = line.GetValue(away),
            AwayFor = line.GetValue(awayFor),
            OlderAgentShare = line.GetValue(older),
            TwinTopicShare = line.GetValue(twin),
            SnapdDelay = line.GetValue(snapdDelay) ?? Defaults.SnapdDelay,
            SharedConnections = line.GetValue(shared),
            Seed = line.GetValue(seed),
            HeartbeatQuality = line.GetValue(quality),
        };
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var output = line.InvocationConfiguration.Output;
        try
        {
            await using var fleet = new SimulatedFleet(Read(line));
            var progress = new ProgressLine(fleet, output, rewrites: !Console.IsOutputRedirected, TimeProvider.System);
            await Task.WhenAll(fleet.RunAsync(cancellationToken), progress.RunAsync(cancellationToken));
            return 0;
        }
        catch (SimulatorOptionsException error)
        {
            await line.InvocationConfiguration.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }

    private static Option<int> Number(string name, string description, int value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<string> Text(string name, string description, string value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<double> Share(string name, string description, double value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<string?> File(string name, string description) => new(name) { Description = description };

    private static Option<TimeSpan?> Time(string name, string description) =>
        new(name)
        {
            Description = description,
            CustomParser = result => ParseTime(name, result),
            HelpName = "duration",
        };

    private static TimeSpan? ParseTime(string name, System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Duration.TryParse(text, out var duration))
            return duration;
        result.AddError($"{name} '{text}' is not a duration: write for example 500ms, 5s, 15m or 12h");
        return null;
    }
}
