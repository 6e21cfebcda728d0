using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Host;

/// <summary>The service as a process, in a folder of its own; killed when this is disposed.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-process-");
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly Process process;

    private ServiceProcess(string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "DeviceTwin.Api.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it wrote to standard output.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>What it wrote to standard error, line by line.</summary>
    public IReadOnlyCollection<string> Errors => errors;

    /// <summary>Starts the service.</summary>
    public static ServiceProcess Start(params string[] arguments) => new(arguments, new Dictionary<string, string>());

    /// <summary>Starts the service with environment variables.</summary>
    public static ServiceProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(arguments, environment);

    /// <summary>Runs the service to its end.</summary>
    /// <returns>Exit code, standard output, and the lines of standard error.</returns>
    public static async Task<(int Code, string Output, IReadOnlyCollection<string> Errors)> RunAsync(
        params string[] arguments
    )
    {
        await using var service = Start(arguments);
        var code = await service.WaitForExitAsync();
        return (code, service.Output, service.Errors);
    }

    /// <summary>Waits until it serves and gives the address that it told.</summary>
    public async Task<Uri> WaitForAddressAsync()
    {
        Match match = Match.Empty;
        await Eventually.BecomesTrueAsync(
            () =>
            {
                Assert.False(process.HasExited, $"The service ended:\n{Output}\n{string.Join('\n', errors)}");
                match = ServiceAddress().Match(Output);
                return match.Success;
            },
            "the service tells where it serves",
            Limit
        );
        return new Uri(match.Value);
    }

    /// <summary>Sends a signal, e.g. <c>INT</c> for Ctrl+C.</summary>
    public Task SignalAsync(string signal) =>
        Commands.RunAsync(user: null, "kill", "-s", signal, process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits until it has ended and gives its exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? Limit);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
        folder.Delete(recursive: true);
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceAddress();
}
