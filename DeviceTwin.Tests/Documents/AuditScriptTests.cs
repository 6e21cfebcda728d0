using System.Diagnostics;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Documents;

/// <summary>What <c>tools/audit.sh</c> makes of the answers of indexes, which stand in the place of <c>dotnet</c> and <c>npm</c> here.</summary>
public sealed class AuditScriptTests : IDisposable
{
    private const string Clean = "The given project has no vulnerable packages given the current sources.";
    private const string Vulnerable = "Project `DeviceTwin.Api` has the following vulnerable packages";
    private const string Away = "warn : NU1900: Error occurred while getting package vulnerability data";
    private const string Answer = """{"auditReportVersion": 2}""";
    private const string Index = """{"resources": [{"@type": "VulnerabilityInfo/6.7.0"}]}""";
    private const string PackagesAlone = """{"resources": [{"@type": "PackageBaseAddress/3.0.0"}]}""";

    private readonly DirectoryInfo programs = Directory.CreateTempSubdirectory("devicetwin-audit-");

    [Theory]
    [InlineData(Clean, Answer, 0, 0, "NuGet: no known weaknesses.")]
    [InlineData(Clean, Answer, 0, 2, "NuGet: the index tells weaknesses of no package", PackagesAlone)]
    [InlineData(Vulnerable, Answer, 0, 1, Vulnerable)]
    [InlineData(Vulnerable, Answer, 0, 1, Vulnerable, PackagesAlone)]
    [InlineData(Clean, Answer, 1, 1, "found by npm")]
    [InlineData(Away, Answer, 0, 2, "NuGet: the index could not be asked")]
    [InlineData(Clean, "", 1, 2, "the index could not be asked; nothing is known of its packages")]
    [InlineData(Vulnerable, "", 1, 1, Vulnerable)]
    public async Task Its_exit_code_says_what_the_indexes_know(
        string nuget,
        string npm,
        int npmCode,
        int code,
        string told,
        string index = Index
    )
    {
        await WriteIndexAsync(nuget, index);
        await WriteAsync(
            "npm",
            $"[ \"$2\" = --json ] && echo '{npm}' && exit {npmCode}\n[ {npmCode} -eq 0 ] || echo 'found by npm'\nexit {npmCode}"
        );

        var (exitCode, output) = await RunAsync();

        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.Equal(code, exitCode);
    }

    [Fact]
    public async Task It_asks_about_the_dashboards_packages()
    {
        await WriteIndexAsync(Clean, Index);
        await WriteAsync("npm", $"echo '{Answer}'");

        var (_, output) = await RunAsync();

        Assert.Contains("npm, DeviceTwin.Api/Dashboard: no known weaknesses.", output, StringComparison.Ordinal);
    }

    public void Dispose() => programs.Delete(recursive: true);

    private async Task WriteIndexAsync(string list, string index)
    {
        const string Source = "E https://packages.example.org/index.json";
        await WriteAsync(
            "dotnet",
            $"[ \"$1\" = list ] && echo '{list}'\n[ \"$1\" = nuget ] && echo '{Source}'\nexit 0"
        );
        await WriteAsync("curl", $"echo '{index}'");
    }

    private async Task WriteAsync(string program, string script)
    {
        var file = Path.Combine(programs.FullName, program);
        await File.WriteAllTextAsync(file, $"#!/bin/sh\n{script}\n");
        await Commands.RunAsync(user: null, "chmod", "+x", file);
    }

    private async Task<(int Code, string Output)> RunAsync()
    {
        var start = new ProcessStartInfo(Repository.PathOf("tools", "audit.sh"))
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{programs.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
