using DeviceTwin.Data.Desired;
using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Tests.Twins.Desired;

/// <summary>Small desired and reported states to write examples with.</summary>
internal static class Sample
{
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

    private static string Text(JsonElement? value) => value?.GetRawText() ?? "-";
}
