using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DeviceTwin.Bench.Reports;

/// <summary>The figures, for people and for programs.</summary>
/// <param name="Machine">What was measured on.</param>
/// <param name="Cases">What was measured.</param>
internal sealed record Report(Machine Machine, IReadOnlyList<CaseResult> Cases)
{
    /// <summary>A table, with what it means below it.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Line(
            text,
            $"Measured {Machine.MeasuredAt:yyyy-MM-dd HH:mm} UTC, {Machine.Cores} cores, load before {Machine.LoadBefore:0.0}, {Machine.Runtime}, {Machine.OperatingSystem}."
        );
        text.AppendLine();
        text.AppendLine("| case | figure | unit | median | minimum | maximum | limit | ratio | lost |");
        text.AppendLine("|---|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (var result in Cases)
        {
            foreach (var figure in result.Figures)
            {
                var limit = figure.LimitMedian is { } median ? Numbers.Text(median) : "";
                var range = $"{Numbers.Text(figure.Minimum)} | {Numbers.Text(figure.Maximum)}";
                Line(
                    text,
                    $"| {result.Name} | {figure.Name} | {figure.Unit} | {Numbers.Text(figure.Median)} | {range} | {limit} | {figure.Ratio:0.00} | {result.Lost} |"
                );
            }
        }

        foreach (var result in Cases)
        {
            text.AppendLine();
            var limit = result.Limit.Length > 0 ? $" Limit: {result.Limit}." : "";
            Line(
                text,
                $"**{result.Name}**: {result.Description}; {result.Figures[0].Runs.Count} runs. To reach: {result.Reach}.{limit}"
            );
        }

        return text.ToString();
    }

    /// <summary>Writes <c>bench.md</c> and <c>bench.json</c>.</summary>
    /// <param name="folder">Where; it is made if it is not there.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task WriteAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "bench.md"), ToMarkdown(), cancellationToken);
        var json = JsonSerializer.Serialize(this, ReportJson.Default.Report);
        await File.WriteAllTextAsync(Path.Combine(folder, "bench.json"), json + "\n", cancellationToken);
    }

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).AppendLine();
}

/// <summary>The report as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
