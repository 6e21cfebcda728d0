using System.Text.Json;
using System.Text.Json.Serialization;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Data.Actions;

/// <summary>The texts that actions carry to devices in <c>data</c>.</summary>
public static class ActionData
{
    /// <summary>For start, stop and restart.</summary>
    /// <param name="services">Fully qualified names; empty for all of the snap's services.</param>
    public static string Services(IReadOnlyList<string> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.Count == 0
            ? "{}"
            : JsonSerializer.Serialize(new ServicesData(services), ActionJson.Default.ServicesData);
    }

    /// <summary>For logs and snapshot.</summary>
    /// <param name="url">Where the device puts them.</param>
    /// <param name="limit">How many lines of logs; null for the agent's own limit.</param>
    public static string Upload(string url, int? limit = null) =>
        JsonSerializer.Serialize(new UploadData(url, limit), ActionJson.Default.UploadData);

    /// <summary>For user: create one.</summary>
    /// <param name="email">The address of the store account.</param>
    /// <param name="sudoer">Whether the user may become root.</param>
    /// <param name="forceManaged">Whether to create the user on a device that is managed already.</param>
    public static string CreateUser(string email, bool sudoer, bool forceManaged) =>
        JsonSerializer.Serialize(
            new CreateUserData("create", email, sudoer, forceManaged),
            ActionJson.Default.CreateUserData
        );

    /// <summary>For user: remove one.</summary>
    /// <param name="username">The user's name on the device.</param>
    public static string RemoveUser(string username) =>
        JsonSerializer.Serialize(new RemoveUserData("remove", username), ActionJson.Default.RemoveUserData);

    /// <summary>The text to store and send for data that was checked: a configuration in its canonical form, anything else as it is.</summary>
    /// <param name="kind">What to do.</param>
    /// <param name="data">What is sent with it.</param>
    public static string? Canonical(ActionKind kind, string? data) =>
        kind == ActionKind.Setconf
        && data is not null
        && CanonicalJson.TryRead(data, ValueRules.Strict, out var canonical, out _)
            ? canonical
            : data;

    /// <summary>The services that a start, stop or restart names, without the snap's name in front; empty for all.</summary>
    /// <param name="data">What was sent.</param>
    /// <param name="snap">The snap.</param>
    public static IReadOnlySet<string> ReadServices(string? data, string snap)
    {
        // Earlier releases did not check all that they stored.
        if (
            data is null
            || StoredJson.Read(data) is not { ValueKind: JsonValueKind.Object } json
            || !json.TryGetProperty("services", out var named)
            || named.ValueKind != JsonValueKind.Array
        )
        {
            return new HashSet<string>(StringComparer.Ordinal);
        }

        return named
            .EnumerateArray()
            .Where(name => name.ValueKind == JsonValueKind.String)
            .Select(name => ServiceName(name.GetString()!, snap))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>A service's name without the snap's in front.</summary>
    /// <param name="name">The name, with or without the snap's and a dot in front.</param>
    /// <param name="snap">The snap.</param>
    public static string ServiceName(string name, string snap)
    {
        ArgumentNullException.ThrowIfNull(name);
        var prefix = snap + ".";
        return name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
    }
}

/// <summary>What start, stop and restart carry.</summary>
/// <param name="Services">The services.</param>
public sealed record ServicesData(IReadOnlyList<string>? Services);

/// <summary>What logs and snapshot carry.</summary>
/// <param name="Url">Where the device puts them.</param>
/// <param name="Limit">How many lines of logs.</param>
public sealed record UploadData(string Url, int? Limit);

/// <summary>What user carries to create one.</summary>
/// <param name="Action">create.</param>
/// <param name="Email">The address of the store account.</param>
/// <param name="Sudoer">Whether the user may become root.</param>
/// <param name="ForceManaged">Whether to create the user on a device that is managed already.</param>
public sealed record CreateUserData(
    string Action,
    string Email,
    bool Sudoer,
    [property: JsonPropertyName("force-managed")] bool ForceManaged
);

/// <summary>What user carries to remove one.</summary>
/// <param name="Action">remove.</param>
/// <param name="Username">The user's name on the device.</param>
public sealed record RemoveUserData(string Action, string Username);

/// <summary>The JSON that actions carry.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ServicesData))]
[JsonSerializable(typeof(UploadData))]
[JsonSerializable(typeof(CreateUserData))]
[JsonSerializable(typeof(RemoveUserData))]
public sealed partial class ActionJson : JsonSerializerContext;
