using System.CommandLine;
using DeviceTwin.Bench.Surroundings;
using DeviceTwin.Servers;

namespace DeviceTwin.Bench.Soak;

/// <summary>The command <c>soak</c>: a fleet of which some devices send only values that harm, and whether the others notice.</summary>
internal sealed class SoakCommand : Command
{
    private readonly Option<int> minutes = new("--minutes")
    {
        Description = "How long, from 2; the first sixth, at least one minute, is without hostile devices.",
        DefaultValueFactory = _ => 30,
    };
    private readonly Option<int> devices = new("--devices")
    {
        Description = "How many devices, from 20; one of 20 is hostile.",
        DefaultValueFactory = _ => 1_000,
    };
    private readonly Option<int> seed = new("--seed")
    {
        Description = "The same seed chooses the same hostile devices and values.",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<string?> service = new("--service")
    {
        Description = "A built DeviceTwin.Api.dll (without it, the service is published in Release).",
    };

    public SoakCommand()
        : base(
            "soak",
            "Runs a fleet of which 5% send only hostile values, and measures the others against the time before."
        )
    {
        foreach (var option in new Option[] { minutes, devices, seed, service })
        {
            Options.Add(option);
        }

        AtLeast(minutes, 2);
        AtLeast(devices, 20);
        SetAction(RunAsync);
    }

    private static void AtLeast(Option<int> option, int least) =>
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < least)
            {
                result.AddError($"{option.Name} must be at least {least}");
            }
        });

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var console = line.InvocationConfiguration.Output;
        try
        {
            var program = line.GetValue(service) ?? await ServicePublishing.PublishAsync(console);
            var options = new SoakOptions(line.GetValue(minutes), line.GetValue(devices), line.GetValue(seed));
            await using var site = await Site.StartAsync(program, SiteKind.Servers, cancellationToken);
            await using var run = new SoakRun(site, options, console);
            var result = await run.RunAsync(cancellationToken);
            await console.WriteLineAsync(result.ToMarkdown());
            return result.Faults.Count == 0 ? 0 : 1;
        }
        catch (Exception fault) when (fault is ServerException or IOException or HttpRequestException)
        {
            await line.InvocationConfiguration.Error.WriteLineAsync(fault.Message);
            return 1;
        }
    }
}

/// <summary>What a soak is.</summary>
/// <param name="Minutes">How long.</param>
/// <param name="Devices">How many devices in all.</param>
/// <param name="Seed">Chooses the hostile devices and their values.</param>
internal sealed record SoakOptions(int Minutes, int Devices, int Seed)
{
    /// <summary>The organization of all devices.</summary>
    public const string Organization = "soak";

    /// <summary>How many of the minutes are without hostile devices.</summary>
    public int BaselineMinutes => Math.Max(1, Minutes / 6);

    /// <summary>How many devices become hostile.</summary>
    public int HostileDevices => Devices / 20;
}
