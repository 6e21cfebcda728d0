namespace DeviceTwin.Api.Configuration;

/// <summary>Tells at the start what is configured, and by whom.</summary>
public static partial class SettingsLog
{
    /// <summary>Logs each value that is not a default and where it came from; of a secret only the latter.</summary>
    /// <param name="logger">The logger of the service.</param>
    /// <param name="loaded">What the start was told.</param>
    public static void LogOrigins(this ILogger logger, LoadedSettings loaded)
    {
        foreach (var origin in loaded.Origins)
        {
            logger.LogOrigin(origin.Key, origin.Value, origin.Origin);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Key} is {Value} ({Origin})")]
    private static partial void LogOrigin(this ILogger logger, string key, string value, string origin);
}
