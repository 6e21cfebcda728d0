using System.Text.Json;
using DeviceTwin.Bench;

namespace DeviceTwin.Tests.Bench;

public sealed class BenchCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-bench-");
    private readonly StringWriter output = new();
    private readonly StringWriter errors = new();

    [Fact]
    public async Task A_quick_measurement_loses_nothing_and_leaves_its_report()
    {
        var service = Path.Combine(AppContext.BaseDirectory, "DeviceTwin.Api.dll");

        var code = await RunAsync([
            "--quick",
            "--case",
            "heartbeats-1000",
            "--service",
            service,
            "--output",
            folder.FullName,
        ]);

        Assert.True(code == 0, $"{output}\n{errors}");
        var table = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "bench.md"));
        Assert.Contains("| heartbeats-1000 | taken in | heartbeats/s |", table, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "bench.json")));
        var result = json.RootElement.GetProperty("cases")[0];
        Assert.Equal(0, result.GetProperty("lost").GetInt64());
        var figure = result.GetProperty("figures")[0];
        Assert.Equal(1, figure.GetProperty("runs").GetArrayLength());
        Assert.True(figure.GetProperty("median").GetDouble() > 0);
        Assert.True(figure.GetProperty("limitMedian").GetDouble() > 0);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_told_in_one_line()
    {
        var missing = Path.Combine(folder.FullName, "DeviceTwin.Api.dll");

        var code = await RunAsync("--quick", "--service", missing, "--output", folder.FullName);

        Assert.Equal(1, code);
        Assert.Equal(
            $"There is no service at {missing}. Build it, or leave --service out.",
            Assert.Single(errors.ToString().TrimEnd().Split('\n'))
        );
        Assert.Empty(folder.EnumerateFiles());
    }

    [Fact]
    public async Task An_option_that_cannot_be_used_is_told_in_one_line()
    {
        var code = await RunAsync("--runs", "0");

        Assert.Equal(1, code);
        Assert.Equal("--runs must be at least 1", errors.ToString().TrimEnd());
    }

    public void Dispose()
    {
        output.Dispose();
        errors.Dispose();
        folder.Delete(recursive: true);
    }

    private Task<int> RunAsync(params string[] arguments) => BenchCommand.RunAsync(arguments, output, errors);
}
