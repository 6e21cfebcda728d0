using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Tests.Twins.Desired;

/// <summary>Small desired and reported states to write examples with.</summary>
internal static class Sample
{
    public static readonly DateTime Now = new(2026, 11, 23, 9, 30, 0, DateTimeKind.Utc);

    public static JsonObject Object(string json) => (JsonObject)JsonNode.Parse(json)!;

    public static MergedState Wanted(params DesiredSnap[] snaps) =>
        LayerMerge.Merge([new Layer(LayerKind.Device, null, 0, [], snaps)]);

    public static MergedState Wanted(string properties) =>
        LayerMerge.Merge([new Layer(LayerKind.Device, null, 0, Object(properties), [])]);

    public static ReportedTwin Reported(params Snap[] snaps) => new(snaps, JsonElement.Parse("{}"));

    public static ReportedTwin Reported(string properties) => new([], JsonElement.Parse(properties));

    /// <summary>nats as a device lists it: enabled, on stable, its server running.</summary>
    public static Snap Nats(
        string channel = "latest/stable",
        int revision = 100,
        string status = "active",
        string? config = """{"port":4222}""",
        string services = """[{"name":"server","daemon":"simple","enabled":true,"active":true}]"""
    ) =>
        new()
        {
            Name = "nats",
            Channel = channel,
            Revision = revision,
            Status = status,
            Config = config,
            Services = services,
        };

    /// <summary>Drift as lines: <c>path: desired / reported</c>.</summary>
    public static IEnumerable<string> Lines(MergedState desired, ReportedTwin reported) =>
        Drift
            .Between(desired, reported)
            .Select(entry => $"{entry.Path}: {Text(entry.Desired)} / {Text(entry.Reported)}");

    /// <summary>A try at nats that ended now.</summary>
    public static Attempt Tried(
        ActionKind kind,
        ActionStatus status = ActionStatus.Failed,
        string? data = null,
        string? message = "no"
    ) => new("018f", kind, "nats", data, status, Now, message);

    public static Plan Plan(DesiredSnap[] desired, Snap[] reported, params Attempt[] attempts) =>
        Plan(desired, reported, Now, attempts);

    public static Plan Plan(DesiredSnap[] desired, Snap[] reported, DateTime now, params Attempt[] attempts) =>
        new Planner(new RetryRules(5, TimeSpan.FromMinutes(1)), new ProtectedSnaps(["snapd"]).Contains).Next(
            Wanted(desired),
            reported,
            attempts,
            now
        );

    private static string Text(JsonElement? value) => value?.GetRawText() ?? "-";
}
