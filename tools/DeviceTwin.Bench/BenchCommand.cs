using System.CommandLine;
using DeviceTwin.Bench.Cases;
using DeviceTwin.Bench.Reports;
using DeviceTwin.Bench.Soak;
using DeviceTwin.Bench.Surroundings;
using DeviceTwin.Servers;

namespace DeviceTwin.Bench;

/// <summary>The command line: its options, and measuring every case.</summary>
internal sealed class BenchCommand : RootCommand
{
    private readonly Option<bool> quick = new("--quick")
    {
        Description = "Small and short, once and without warm-up: shows that all works, its figures mean nothing.",
    };
    private readonly Option<string[]> names = new("--case")
    {
        Description = $"Only these: {string.Join(", ", AllCases.Of(isQuick: true).Select(each => each.Name))}.",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<int?> runs = new("--runs")
    {
        Description = "Runs that count, after one that does not (3; quick: 1, and none that does not).",
    };
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
        foreach (var option in new Option[] { quick, names, runs, service, output })
        {
            Options.Add(option);
        }

        names.AcceptOnlyFromAmong([.. AllCases.Of(isQuick: true).Select(each => each.Name)]);
        runs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
            {
                result.AddError("--runs must be at least 1");
            }
        });
        Subcommands.Add(new SoakCommand());
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
        try
        {
            var machine = Machine.Look(TimeProvider.System);
            var program = line.GetValue(service) ?? await ServicePublishing.PublishAsync(console);
            var isQuick = line.GetValue(quick);
            var measurement = new Measurement(
                program,
                line.GetValue(runs) ?? (isQuick ? 1 : 3),
                warmUp: !isQuick,
                console
            );
            var results = new List<CaseResult>();
            foreach (var benchCase in Chosen(line, isQuick))
            {
                results.Add(await measurement.MeasureAsync(benchCase, cancellationToken));
                // After each case, so that one that fails does not take the others' figures with it.
                await new Report(machine, results).WriteAsync(line.GetRequiredValue(output), cancellationToken);
            }

            await console.WriteLineAsync(new Report(machine, results).ToMarkdown());
            return results.Exists(result => result.Lost > 0) ? 1 : 0;
        }
        catch (Exception fault)
            when (fault is ServerException or IOException or HttpRequestException or UnauthorizedAccessException)
        {
            await line.InvocationConfiguration.Error.WriteLineAsync(fault.Message);
            return 1;
        }
    }

    private IEnumerable<IBenchCase> Chosen(ParseResult line, bool isQuick)
    {
        var chosen = line.GetValue(names) ?? [];
        return AllCases.Of(isQuick).Where(each => chosen.Length == 0 || chosen.Contains(each.Name));
    }
}
