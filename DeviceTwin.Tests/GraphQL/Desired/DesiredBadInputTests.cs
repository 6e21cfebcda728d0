using System.Text.Json;
using DeviceTwin.Data.Groups;
using DeviceTwin.Tests.Infrastructure;
using Snapshooter.Xunit;

namespace DeviceTwin.Tests.GraphQL.Desired;

/// <summary>What cannot be taken as desired state is refused with the field and the reason, and changes nothing.</summary>
[Collection(nameof(SeededFleets))]
public sealed class DesiredBadInputTests(SeededFleets fleets)
{
    private const string Organization = "unfit";

    private static readonly (string What, string Json)[] Properties =
    [
        ("null", "null"),
        ("a number", "7"),
        ("a text", "\"text\""),
        ("an array", "[1]"),
        ("an array with a null", """{"a": [1, null]}"""),
        ("a null deep in an array", """{"a": [{"b": null}]}"""),
        ("33 KiB", $$"""{"a": "{{new string('x', 33 * 1024)}}"}"""),
        ("33 KiB in many entries", $$"""{"a": [{{string.Join(',', Enumerable.Repeat("1234567", 33 * 128))}}]}"""),
        ("11 levels", """{"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{"9":{"10":{"11":1}}}}}}}}}}}"""),
        ("a key of 129 characters", $$"""{"{{new string('k', 129)}}": 1}"""),
        ("a number that no database holds", """{"a": 1e200000}"""),
        ("U+0000", """{"a": "\u0000"}"""),
    ];

    private static readonly (string What, string Json)[] Snaps =
    [
        ("null", "null"),
        ("no list", "7"),
        ("a list with a null", "[null]"),
        ("a text in the list", "[\"nats\"]"),
        ("a snap without a name", "[{}]"),
        ("a name that no snap has", """[{"name": "No Snap"}]"""),
        ("an empty name", """[{"name": ""}]"""),
        ("a snap named twice", """[{"name": "nats"}, {"name": "core20"}, {"name": "nats", "channel": "edge"}]"""),
        ("an unknown presence", """[{"name": "nats", "presence": "MAYBE"}]"""),
        ("a presence that is null", """[{"name": "nats", "presence": null}]"""),
        ("an impossible channel", """[{"name": "nats", "channel": "2.10/fast"}]"""),
        ("an empty channel", """[{"name": "nats", "channel": ""}]"""),
        ("a channel of four parts", """[{"name": "nats", "channel": "latest/stable/a/b"}]"""),
        ("a revision below 1", """[{"name": "nats", "revision": 0}]"""),
        ("a revision that is not there", """[{"name": "nats", "revision": 6}]"""),
        ("a revision that is no integer", """[{"name": "nats", "revision": 1.5}]"""),
        ("enabled as a text", """[{"name": "nats", "enabled": "yes"}]"""),
        ("a config that is no object", """[{"name": "nats", "config": [1]}]"""),
        ("a config of 33 KiB", $$"""[{"name": "nats", "config": {"a": "{{new string('x', 33 * 1024)}}"} }]"""),
        ("an empty service", """[{"name": "nats", "services": [{"name": "", "active": true}]}]"""),
        ("a service without a state", """[{"name": "nats", "services": [{"name": "server"}]}]"""),
        ("a service that is null", """[{"name": "nats", "services": [null]}]"""),
        (
            "a service named twice",
            """[{"name": "nats", "services": [{"name": "a", "active": true}, {"name": "nats.a", "active": false}]}]"""
        ),
        ("absent with a channel", """[{"name": "nats", "presence": "ABSENT", "channel": "edge"}]"""),
        ("a protected snap absent", """[{"name": "core20", "presence": "ABSENT"}]"""),
        ("an unknown field", """[{"name": "nats", "tracks": "edge"}]"""),
    ];

    private static readonly (string What, string Mutation, string Input)[] Others =
    [
        ("an empty list", "setDesiredSnaps", Of(null, """ "snaps": [] """)),
        ("an empty list", "clearDesiredSnaps", Of(null, """ "names": [] """)),
        ("null", "clearDesiredSnaps", Of(null, """ "names": null """)),
        ("a list with a null", "clearDesiredSnaps", Of(null, """ "names": [null] """)),
        ("a name twice", "clearDesiredSnaps", Of(null, """ "names": ["nats", "nats"] """)),
        ("a name that no snap has", "clearDesiredSnaps", Of(null, """ "names": ["a b"] """)),
        ("nothing to change", "setGroupDesiredState", Of("north", """ "ifVersion": 0 """)),
        ("nothing to change", "setModelDesiredState", Of("gw", """ "ifVersion": null """)),
        ("an unknown group", "setGroupDesiredState", Of("nowhere", """ "properties": {} """)),
        ("a priority that is no integer", "setGroupDesiredState", Of("north", """ "priority": "high" """)),
        ("a priority of a model", "setModelDesiredState", Of("gw", """ "priority": 1, "properties": {} """)),
        ("an empty name", "setModelDesiredState", Of("", """ "properties": {} """)),
        ("a name of 1,000 characters", "setModelDesiredState", Of(new string('n', 1_000), """ "properties": {} """)),
        ("no name", "setModelDesiredState", $$"""{"organizationId": "{{Organization}}", "properties": {} }"""),
        ("no organization", "setModelDesiredState", """{"organizationId": "", "name": "gw", "properties": {}}"""),
        ("no organization", "setGroupDesiredState", """{"organizationId": "", "name": "north", "properties": {}}"""),
        (
            "an unknown device",
            "patchDesiredProperties",
            """{"organizationId": "acme", "deviceId": "d99", "patch": {}}"""
        ),
        ("an unknown device", "retrySync", """{"organizationId": "acme", "deviceId": "d99"}"""),
        ("a version that is a text", "patchDesiredProperties", Of(null, """ "patch": {}, "ifVersion": "1" """)),
    ];

    [Theory]
    [EveryStore]
    public async Task Each_unfit_input_has_its_answer_and_changes_nothing(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var device = SeededRows.Device(Organization, Organization);
        device.Model = "gw";
        device.Snaps.Add(SeededRows.Snap("nats", 5, "latest/stable"));
        Group group = new()
        {
            OrganizationId = Organization,
            Name = "north",
            CreatedAt = SeededRows.Noon,
        };
        group.Devices.Add(device);
        await fleet.AddAsync<object>(SeededRows.Named(Organization), group);
        var before = await StoredAsync(fleet);

        List<string> told = [];
        foreach (var (what, mutation, input) in Cases())
        {
            var answer = await fleet.Host.AskAsync(mutation, input);
            told.Add($"{mutation}, {what}: {Complaint(answer, mutation)}");
        }

        Assert.DoesNotContain(told, line => line.EndsWith("ACCEPTED", StringComparison.Ordinal));
        Assert.DoesNotContain(told, line => line.Contains("INTERNAL_ERROR", StringComparison.Ordinal));
        Assert.Equal(before, await StoredAsync(fleet));
        Snapshot.Match(string.Join('\n', told), "Each_unfit_input_has_its_answer");
    }

    private static IEnumerable<(string What, string Mutation, string Input)> Cases() =>
        [
            .. Properties.SelectMany(unfit =>
                new[]
                {
                    (unfit.What, "patchDesiredProperties", Of(null, $"\"patch\": {unfit.Json}")),
                    (unfit.What, "setGroupDesiredState", Of("north", $"\"properties\": {unfit.Json}")),
                    (unfit.What, "setModelDesiredState", Of("gw", $"\"properties\": {unfit.Json}")),
                }
            ),
            .. Snaps.SelectMany(unfit =>
                new[]
                {
                    (unfit.What, "setDesiredSnaps", Of(null, $"\"snaps\": {unfit.Json}")),
                    (unfit.What, "setGroupDesiredState", Of("north", $"\"snaps\": {unfit.Json}")),
                    (unfit.What, "setModelDesiredState", Of("gw", $"\"snaps\": {unfit.Json}")),
                }
            ),
            .. Others,
        ];

    /// <summary>An input for a group or a model of this name, or else for the device.</summary>
    private static string Of(string? name, string more) =>
        name is null
            ? $$"""{"organizationId": "{{Organization}}", "deviceId": "{{Organization}}", {{more}}}"""
            : $$"""{"organizationId": "{{Organization}}", "name": "{{name}}", {{more}}}""";

    /// <summary>The one error of a payload, or of the engine, in a line.</summary>
    private static string Complaint(JsonElement answer, string mutation)
    {
        if (answer.TryGetProperty("errors", out var refused))
        {
            var first = refused[0];
            return $"{first.At("extensions", "code").GetString()}: {first.GetProperty("message").GetString()}";
        }

        var payload = answer.At("data", mutation);
        if (payload.GetProperty("errors").ValueKind == JsonValueKind.Null)
        {
            return "ACCEPTED";
        }

        Assert.Equal(JsonValueKind.Null, payload.EnumerateObject().First().Value.ValueKind);
        var error = Assert.Single(payload.GetProperty("errors").EnumerateArray());
        return string.Join(", ", error.EnumerateObject().Select(field => $"{field.Name} {field.Value}"));
    }

    private static async Task<string> StoredAsync(SeededFleet fleet)
    {
        await fleet.Host.ChangesShowAsync();
        var data = await fleet.Host.QueryAsync(
            $$"""
            {
              device(organizationId: "{{Organization}}", deviceId: "{{Organization}}") {{DesiredDoor.Device}}
              group(organizationId: "{{Organization}}", name: "north") { desired {{DesiredDoor.Layer}} }
              models(organizationId: "{{Organization}}") { name desired {{DesiredDoor.Layer}} }
              deviceChanges(organizationId: "{{Organization}}") { nodes { cursor } }
            }
            """
        );
        return data.GetRawText();
    }
}
