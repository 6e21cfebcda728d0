using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Desired;

/// <summary>Runs the mutations of desired state, with all that their payloads can tell.</summary>
internal static class DesiredDoor
{
    public const string Snaps =
        "snaps { name presence channel revision enabled config services { name active } layer layerName }";

    public const string Layer = $$"""{ properties {{Snaps}} priority version updatedAt updatedBy }""";

    public const string Device = $$"""
        {
          deviceId
          reported { properties version updatedAt }
          desired { properties {{Snaps}} version updatedAt updatedBy }
          drift { path desired reported }
          syncStatus
          syncReason
        }
        """;

    private const string Errors = """
          __typename
          ... on Error { message }
          ... on VersionConflictError { expectedVersion actualVersion }
          ... on InvalidInputError { field }
        """;

    private const string DevicePayload = $$"""
        device {{Device}} errors { ... on DeviceNotFoundError { deviceId } {{Errors}} }
        """;

    private static readonly Dictionary<string, (string Input, string Payload)> Mutations = new(StringComparer.Ordinal)
    {
        ["patchDesiredProperties"] = ("PatchPropertiesInput", DevicePayload),
        ["setDesiredSnaps"] = ("SetDesiredSnapsInput", DevicePayload),
        ["clearDesiredSnaps"] = ("ClearDesiredSnapsInput", DevicePayload),
        ["retrySync"] = ("DeviceActionInput", DevicePayload),
        ["setGroupDesiredState"] = (
            "SetDesiredLayerInput",
            $$"""group { name desired {{Layer}} } errors { ... on GroupNotFoundError { name } {{Errors}} }"""
        ),
        ["setModelDesiredState"] = (
            "SetDesiredLayerInput",
            $$"""model { name desired {{Layer}} } errors { {{Errors}} }"""
        ),
    };

    /// <summary>The whole answer to a mutation.</summary>
    /// <param name="host">The service.</param>
    /// <param name="mutation">The mutation.</param>
    /// <param name="input">Its input, JSON.</param>
    public static Task<JsonElement> AskAsync(this TwinHost host, string mutation, string input)
    {
        var (type, payload) = Mutations[mutation];
        return host.SendAsync(
            $$"""mutation($input: {{type}}!) { {{mutation}}(input: $input) { {{payload}} } }""",
            new { input = JsonElement.Parse(input) }
        );
    }

    /// <summary>The payload of a mutation that is not refused by the engine.</summary>
    /// <inheritdoc cref="AskAsync" />
    public static async Task<JsonElement> ChangeAsync(this TwinHost host, string mutation, string input)
    {
        var answer = await host.AskAsync(mutation, input);
        Assert.False(answer.TryGetProperty("errors", out _), answer.GetRawText());
        return answer.At("data", mutation);
    }

    /// <summary>JSON as a snapshot shows it.</summary>
    public static string Shown(object value) => JsonSerializer.Serialize(value, Answers.Indented);
}
