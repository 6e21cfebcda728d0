using System.Globalization;
using System.Text.RegularExpressions;
using DeviceTwin.Servers;
using Npgsql;

namespace DeviceTwin.Bench.Limits;

/// <summary>PostgreSQL's own load generator: what the database gives when nothing stands before it.</summary>
internal static partial class PgBench
{
    /// <summary>Runs a query again and again, prepared, on some connections at once.</summary>
    /// <param name="source">The connection string.</param>
    /// <param name="sql">The query.</param>
    /// <param name="connections">How many connections.</param>
    /// <param name="time">For how long; whole seconds, one at least.</param>
    /// <returns>Queries a second.</returns>
    /// <exception cref="ServerException">pgbench is missing or fails.</exception>
    public static async Task<double> RunAsync(string source, string sql, int connections, TimeSpan time)
    {
        var connection = new NpgsqlConnectionStringBuilder(source);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, sql.ReplaceLineEndings(" ") + ";\n");
            var seconds = Math.Max(1, (int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            var clients = connections.ToString(CultureInfo.InvariantCulture);
            string[] load = ["-n", "-M", "prepared", "-c", clients, "-j", "1", "-T", seconds, "-f", file];
            string[] server = ["-h", connection.Host!, "-U", connection.Username!, connection.Database!];
            var output = await Commands.RunAsync(user: null, ["pgbench", .. load, .. server]);
            return double.Parse(Rate().Match(output).Groups["rate"].Value, CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(@"tps = (?<rate>[\d.]+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rate();
}
