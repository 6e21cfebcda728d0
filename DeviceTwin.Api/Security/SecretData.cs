using System.Text.Json;
using System.Text.RegularExpressions;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Security;

/// <summary>
/// What of a twin is a secret, and who is shown it: the one place that decides it. Secrets are the configuration of snaps, and the
/// addresses that devices upload to, which are presigned: who has one may write there. They are shown to those who may steer.
/// </summary>
public static partial class SecretData
{
    /// <summary>Stands where something is left out of a text.</summary>
    public const string Mask = "***";

    /// <summary>What an action carries: without the role, of an address scheme and host alone, of configuration nothing.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="kind">The kind of action.</param>
    /// <param name="data">What it carries; null where that is nothing.</param>
    public static string? ShowData(this Caller caller, ActionKind kind, string? data) =>
        data is null || MaySeeSecrets(caller)
            ? data
            : kind switch
            {
                ActionKind.Logs or ActionKind.Snapshot => MaskUpload(data),
                // An assertion of a system user holds the hash of a password.
                ActionKind.Setconf or ActionKind.Ack => Mask,
                _ => data,
            };

    /// <summary>What a device says of an action: agents whose upload fails tell its address, a snap's hook what it did not like.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="kind">The kind of action.</param>
    /// <param name="message">What it says; null where that is nothing.</param>
    public static string? ShowMessage(this Caller caller, ActionKind kind, string? message) =>
        message is null || MaySeeSecrets(caller)
            ? message
            : kind switch
            {
                ActionKind.Logs or ActionKind.Snapshot => Address().Replace(message, $"${{scheme}}${{host}}/{Mask}"),
                // The number of a change at the device is no secret.
                ActionKind.Setconf when message.Any(letter => !char.IsAsciiDigit(letter)) => Mask,
                _ => message,
            };

    /// <summary>A snap's configuration, reported or desired.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="config">The configuration, JSON text; null where there is none.</param>
    /// <returns>Null where there is none, or without the role.</returns>
    public static JsonElement? ShowConfig(this Caller caller, string? config) =>
        config is null || !MaySeeSecrets(caller) ? null : StoredJson.Read(config);

    /// <summary>What stands at a path where desired and reported state differ.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="path">The path, e.g. <c>snaps.nats.config.port</c>.</param>
    /// <param name="value">What stands there.</param>
    /// <returns>Null where nothing does, or without the role in a snap's configuration.</returns>
    public static JsonElement? ShowDrift(this Caller caller, string path, JsonElement? value)
    {
        ArgumentNullException.ThrowIfNull(path);
        return IsPublic(path) || MaySeeSecrets(caller) ? value : null;
    }

    /// <summary>A message of a device as it was received: it may hold the configuration of snaps.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="payload">The message; null where there is none.</param>
    /// <returns>Null where there is none, or without the role.</returns>
    public static byte[]? ShowPayload(this Caller caller, byte[]? payload) => MaySeeSecrets(caller) ? payload : null;

    private static bool IsPublic(string path) =>
        KeyPath.TryParse(path, out var parsed, out _) && parsed.Keys is not ["snaps", _, "config", ..];

    private static bool MaySeeSecrets(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.May(Role.Operator);
    }

    private static string MaskUpload(string data)
    {
        try
        {
            var upload = JsonSerializer.Deserialize(data, ActionJson.Default.UploadData);
            return Uri.TryCreate(upload?.Url, UriKind.Absolute, out var address)
                ? ActionData.Upload($"{address.Scheme}://{address.Authority}/{Mask}", upload!.Limit)
                : Mask;
        }
        catch (JsonException)
        {
            // What cannot be read may hold an address all the same.
            return Mask;
        }
    }

    // From its user's name to the quote behind it, or to the end: an address may hold anything else.
    [GeneratedRegex(
        """(?<scheme>https?:[/\\]+)(?:[^/\\?#\s"]*@)?(?<host>[^/\\?#\s"@]*)[^"]*""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Address();
}
