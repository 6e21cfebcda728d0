using System.CommandLine;
using DeviceTwin.Bench.Cases;
using DeviceTwin.Bench.Reports;
using DeviceTwin.Bench.Surroundings;
using DeviceTwin.Servers;

namespace DeviceTwin.Bench;

/// <summary>The command line: its options, and measuring every case.</summary>
internal sealed class BenchCommand : RootCommand
{
    private readonly Option<bool> quick = new("--quick") { Description = "Small and short, to see that all works." };
    private readonly Option<int?> messages = Number("--messages", "Messages in a burst (100000; quick: 5000).");
    private readonly Option<int?> devices = Number("--devices", "Devices that send them (1000; quick: 100).");
    private readonly Option<int?> runs = Number("--runs", "Runs that count, after one that does not (3).");
    private readonly Option<string?> service = new("--service")
    {
        Description = "A built DeviceTwin.Api.dll (without it, the service is published in Release).",
    };
    private readonly Option<string> output = new("--output")
    {
        Description = "The folder for bench.json and bench.md.",
        DefaultValueFactory = _ => Path.Combine("artifacts", "bench"),
    };

    public BenchCommand()
        : base("Measures Device Twin with servers of its own, and beside each figure what limits it.")
    {
        foreach (var option in new Option[] { quick, messages, devices, runs, service, output })
        {
            Options.Add(option);
        }

        Validators.Add(line =>
        {
            // Every device sends, and each of its bursts has a last heartbeat.
            if (
                ReadSize(line.GetValue(quick), line.GetValue(messages), line.GetValue(devices)) is { IsPossible: false }
            )
            {
                line.AddError("--messages must not be smaller than --devices");
            }
        });
        SetAction(RunAsync);
    }

    /// <summary>Runs a command line.</summary>
    /// <returns>0; 1 after an error, which one line tells, or when messages were lost. Never by a figure.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        var line = new BenchCommand().Parse(arguments);
        foreach (var complaint in line.Errors)
        {
            await errors.WriteLineAsync(complaint.Message);
        }

        return line.Errors.Count > 0
            ? 1
            : await line.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors });
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var console = line.InvocationConfiguration.Output;
        var size = ReadSize(line.GetValue(quick), line.GetValue(messages), line.GetValue(devices));
        try
        {
            var machine = Machine.Look(TimeProvider.System);
            var program = line.GetValue(service) ?? await ServicePublishing.PublishAsync(console);
            var measurement = new Measurement(program, line.GetValue(runs) ?? 3, console);
            var results = new List<CaseResult>();
            foreach (var benchCase in AllCases.Of(size))
            {
                results.Add(await measurement.MeasureAsync(benchCase, cancellationToken));
            }

            var report = new Report(machine, results);
            await console.WriteLineAsync(report.ToMarkdown());
            await report.WriteAsync(line.GetRequiredValue(output), cancellationToken);
            return results.Exists(result => result.Lost > 0) ? 1 : 0;
        }
        catch (Exception fault) when (fault is ServerException or IOException or UnauthorizedAccessException)
        {
            await line.InvocationConfiguration.Error.WriteLineAsync(fault.Message);
            return 1;
        }
    }

    private static BurstSize ReadSize(bool quick, int? messages, int? devices) =>
        new(messages ?? (quick ? 5_000 : 100_000), devices ?? (quick ? 100 : 1_000));

    private static Option<int?> Number(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
            {
                result.AddError($"{name} must be at least 1");
            }
        });
        return option;
    }
}
