using System.Text.RegularExpressions;

namespace DeviceTwin.Data.Postgres;

/// <summary>Reads <c>postgres://user:password@host:port/database?keyword=value</c> into libpq's keywords.</summary>
internal static partial class PostgresUri
{
    private static readonly string[] Parts = ["user", "password", "host", "port", "dbname"];

    /// <summary>Reads it.</summary>
    /// <param name="uri">A URI; its parts may be percent-encoded.</param>
    /// <exception cref="StoreUnavailableException">It cannot be read.</exception>
    public static Dictionary<string, string> Read(string uri)
    {
        var match = Form().Match(uri);
        if (!match.Success)
        {
            throw PostgresSource.Fault(
                "it should look like postgres://user:password@host:5432/database (other characters percent-encoded)"
            );
        }

        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in Parts.Where(part => match.Groups[part].Length > 0))
        {
            words[part] = Uri.UnescapeDataString(match.Groups[part].Value);
        }

        foreach (var pair in match.Groups["query"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (keyword, value) = pair.Split('=', 2) is [var left, var right]
                ? (Uri.UnescapeDataString(left), Uri.UnescapeDataString(right))
                : throw PostgresSource.Fault("what follows its ? should be keyword=value pairs joined by &");
            words[keyword] = value;
        }

        return words;
    }

    [GeneratedRegex(
        """
            ^postgres(ql)?://
            ( (?<user>[^:@/?]*) ( : (?<password>[^@/?]*) )? @ )?
            ( \[ (?<host>[0-9a-f:.]+) \] | (?<host>[^:@/?\[\]]*) )
            ( : (?<port>[0-9]*) )?
            ( / (?<dbname>[^?/]*) )?
            ( \? (?<query>.*) )?$
            """,
        RegexOptions.IgnoreCase
            | RegexOptions.ExplicitCapture
            | RegexOptions.IgnorePatternWhitespace
            | RegexOptions.NonBacktracking
    )]
    private static partial Regex Form();
}
