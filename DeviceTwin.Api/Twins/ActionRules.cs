using System.Text.Json;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Values;

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

        if (CheckLength(data) is { } tooLong)
        {
            return tooLong;
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

    private static InvalidInput? CheckLength(string? data) =>
        data?.Length > DataLimit
            ? new InvalidInput("data", $"It is {data.Length} characters long; at most {DataLimit} can be sent.")
            : null;

    private static InvalidInput? CheckText(string? text, string field, string rule) =>
        string.IsNullOrWhiteSpace(text) || !ValueText.IsStorable(text) ? new InvalidInput(field, rule) : null;

    private static InvalidInput? CheckConfig(string? data) =>
        CheckObject(data, "config", "Give a JSON object of keys and values.", config => config.EnumerateObject().Any())
        ?? CheckLength(ActionData.Canonical(ActionKind.Setconf, data));

    private static InvalidInput? CheckServices(string? data) =>
        data is null
            ? null
            : CheckObject(
                data,
                "services",
                """Name them as {"services":["nats.server"]}; {} is for all of the snap's.""",
                json =>
                    !json.TryGetProperty("services", out var services)
                    || (
                        services.ValueKind == JsonValueKind.Array
                        && services.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)
                    )
            );

    private static InvalidInput? CheckUser(string? data) =>
        CheckObject(
            data,
            "data",
            """Give {"action":"create","email":…,"sudoer":…,"force-managed":…} or {"action":"remove","username":…}.""",
            json =>
                (Text(json, "action"), Text(json, "email"), Text(json, "username")) switch
                {
                    ("create", { } email, _) => CheckEmail(email) is null,
                    ("remove", _, { } name) => Names.IsValid(name),
                    _ => false,
                }
        );

    private static InvalidInput? CheckObject(string? data, string field, string rule, Func<JsonElement, bool> isValid)
    {
        if (data is null)
        {
            return new InvalidInput(field, rule);
        }

        if (!CanonicalJson.TryRead(data, ValueRules.Strict, out var canonical, out var fault))
        {
            return new InvalidInput(field, $"{fault.Message} {rule}");
        }

        return JsonElement.Parse(canonical) is { ValueKind: JsonValueKind.Object } json && isValid(json)
            ? null
            : new InvalidInput(field, rule);
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
