using System.Text.Json;
using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.Twins;

/// <summary>What an action must hold before it is stored.</summary>
public static class ActionRules
{
    /// <summary>The longest <c>data</c>, in characters: an assertion is some kilobytes, a configuration 32 KiB at most.</summary>
    private const int DataLimit = 64 * 1024;

    /// <summary>Checks a wish. Gives null when it can be stored.</summary>
    /// <param name="kind">What to do.</param>
    /// <param name="snap">The snap; null where none is named.</param>
    /// <param name="data">What is sent with it.</param>
    public static InvalidInput? Check(ActionKind kind, string? snap, string? data)
    {
        if (kind.NeedsSnap() && !Names.IsValid(snap))
        {
            return new InvalidInput("snap", Names.Rule("A snap's name"));
        }

        if (data?.Length > DataLimit)
        {
            return new InvalidInput("data", $"It is {data.Length} characters long; at most {DataLimit} can be sent.");
        }

        return kind switch
        {
            ActionKind.Switch => CheckText(data, "channel", "Name the channel, e.g. latest/stable."),
            ActionKind.Ack => CheckText(data, "assertion", "Give the assertion's text."),
            ActionKind.Setconf => CheckConfig(data),
            ActionKind.Start or ActionKind.Stop or ActionKind.Restart => CheckServices(data),
            ActionKind.User => CheckUser(data),
            _ => null,
        };
    }

    /// <summary>Checks the address to which a device uploads. Gives null when it can be used.</summary>
    /// <param name="url">The address.</param>
    public static InvalidInput? CheckUrl(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? null
            : new InvalidInput("url", "Give an absolute http or https URL.");

    /// <summary>Checks how many lines of logs are asked for. Gives null when it can be used.</summary>
    /// <param name="limit">How many; null for the agent's own limit.</param>
    public static InvalidInput? CheckLimit(int? limit) =>
        limit is null or > 0 ? null : new InvalidInput("limit", "Ask for at least one line, or leave it out.");

    /// <summary>Checks the address of a store account. Gives null when it can be used.</summary>
    /// <param name="email">The address.</param>
    public static InvalidInput? CheckEmail(string email) =>
        Names.IsValid(email) && email.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < email.Length - 1
            ? null
            : new InvalidInput("email", "Give the e-mail address of the user's store account.");

    private static InvalidInput? CheckText(string? text, string field, string rule) =>
        string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal)
            ? new InvalidInput(field, rule)
            : null;

    private static InvalidInput? CheckConfig(string? data) =>
        ReadObject(data) is { } config && config.EnumerateObject().Any()
            ? null
            : new InvalidInput("config", "Give a JSON object of keys and values.");

    private static InvalidInput? CheckServices(string? data) =>
        data is null
        || (
            ReadObject(data) is { } json
            && (
                !json.TryGetProperty("services", out var services)
                || (
                    services.ValueKind == JsonValueKind.Array
                    && services.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)
                )
            )
        )
            ? null
            : new InvalidInput(
                "services",
                """Name them as {"services":["nats.server"]}; {} is for all of the snap's."""
            );

    private static InvalidInput? CheckUser(string? data)
    {
        var json = ReadObject(data);
        return (Text("action"), Text("email"), Text("username")) switch
        {
            ("create", { } email, _) => CheckEmail(email),
            ("remove", _, { } name) when Names.IsValid(name) => null,
            _ => new InvalidInput(
                "data",
                """Give {"action":"create","email":…,"sudoer":…,"force-managed":…} or {"action":"remove","username":…}."""
            ),
        };

        string? Text(string name) =>
            json is { } found && found.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }

    private static JsonElement? ReadObject(string? text)
    {
        try
        {
            return text is not null && JsonElement.Parse(text) is { ValueKind: JsonValueKind.Object } json
                ? json
                : null;
        }
        catch (JsonException)
        {
            // Whoever gave it is told what it has to be.
            return null;
        }
    }
}
