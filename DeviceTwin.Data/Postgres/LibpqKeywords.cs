using Npgsql;

namespace DeviceTwin.Data.Postgres;

/// <summary>What libpq's keywords are called in Npgsql.</summary>
internal static class LibpqKeywords
{
    // Null: libpq knows it, here it changes nothing.
    private static readonly Dictionary<string, string?> Names = new(StringComparer.Ordinal)
    {
        ["host"] = "Host",
        ["hostaddr"] = "Host",
        ["port"] = "Port",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["password"] = "Password",
        ["passfile"] = "Passfile",
        ["application_name"] = "Application Name",
        ["fallback_application_name"] = null,
        ["connect_timeout"] = "Timeout",
        ["options"] = "Options",
        ["client_encoding"] = null,
        ["sslmode"] = "SSL Mode",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["sslrootcert"] = "Root Certificate",
        ["channel_binding"] = "Channel Binding",
        ["target_session_attrs"] = "Target Session Attributes",
        ["keepalives_idle"] = "Tcp Keepalive Time",
        ["keepalives_interval"] = "Tcp Keepalive Interval",
    };

    /// <summary>Puts libpq's keywords into Npgsql's builder.</summary>
    /// <param name="words">Keywords and values.</param>
    /// <exception cref="StoreUnavailableException">A keyword is not known, or its value is not one of its own.</exception>
    public static NpgsqlConnectionStringBuilder Translate(Dictionary<string, string> words)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        // libpq connects to hostaddr where both are given; it comes later in the order of words, so it wins here, too.
        foreach (var (keyword, value) in words.OrderBy(word => word.Key, StringComparer.Ordinal))
        {
            if (!Names.TryGetValue(keyword, out var name))
            {
                throw PostgresSource.Fault($"'{keyword}' is not known");
            }

            if (name is null)
            {
                continue;
            }

            try
            {
                // verify-full is VerifyFull there.
                builder[name] = keyword == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
            }
            catch (Exception exception)
                when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException)
            {
                // The exception holds the value, which may be a secret that was put into the wrong place.
                throw PostgresSource.Fault($"the value of '{keyword}' is not one that it can have");
            }
        }

        return builder;
    }
}
