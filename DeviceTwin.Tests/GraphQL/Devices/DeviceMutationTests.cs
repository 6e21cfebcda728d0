using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>Tags, deletion and return of devices.</summary>
[Collection(nameof(SeededFleets))]
public sealed class DeviceMutationTests(SeededFleets fleets)
{
    private const string Answer = """
        {
          device { deviceId active tags groups { name } }
          errors {
            __typename
            ... on Error { message }
            ... on DeviceNotFoundError { deviceId }
            ... on VersionConflictError { expectedVersion actualVersion }
            ... on InvalidInputError { field }
          }
        }
        """;

    [Theory]
    [EveryStore]
    public async Task Tags_are_merged_and_a_version_that_has_passed_is_a_conflict(StoreKind kind)
    {
        var (fleet, deviceId) = await AddDeviceAsync(kind, "tagged");

        Assert.Equal("""{"a":1,"b":{"c":2}}""", Tags(await PatchAsync("""{"a":1,"b":{"c":2}}""")));
        Assert.Equal("""{"b":{"c":2,"d":3}}""", Tags(await PatchAsync("""{"a":null,"b":{"d":3}}""", ifVersion: 1)));

        var conflict = await PatchAsync("""{"a":9}""", ifVersion: 1);
        Assert.Equal(JsonValueKind.Null, conflict.GetProperty("device").ValueKind);
        var error = conflict.GetProperty("errors")[0];
        Assert.Equal("VersionConflictError", error.GetProperty("__typename").GetString());
        Assert.Equal(1, error.GetProperty("expectedVersion").GetInt32());
        Assert.Equal(2, error.GetProperty("actualVersion").GetInt32());

        foreach (var unfit in new[] { "[1]", "7", "\"text\"", """{"a":[[[[[[[[[[1]]]]]]]]]]}""" })
        {
            Assert.Equal("patch", (await PatchAsync(unfit)).GetProperty("errors")[0].GetProperty("field").GetString());
        }

        async Task<JsonElement> PatchAsync(string patch, int? ifVersion = null)
        {
            var input = new
            {
                organizationId = deviceId,
                deviceId,
                patch = JsonElement.Parse(patch),
                ifVersion,
            };
            var data = await fleet.Host.QueryAsync(
                $$"""mutation($input: PatchPropertiesInput!) { patchTags(input: $input) {{Answer}} }""",
                new { input }
            );
            return data.GetProperty("patchTags");
        }
    }

    [Theory]
    [EveryStore]
    public async Task A_deleted_device_is_out_of_sight_until_it_is_restored(StoreKind kind)
    {
        var (fleet, deviceId) = await AddDeviceAsync(kind, "deleted");
        var device = $$"""{organizationId: "{{deviceId}}", deviceId: "{{deviceId}}"}""";
        await fleet.Host.QueryAsync(
            $$"""
            mutation {
              createGroup(input: {organizationId: "{{deviceId}}", name: "north"}) { errors { __typename } }
              addDevicesToGroup(input: {organizationId: "{{deviceId}}", name: "north", deviceIds: ["{{deviceId}}"]}) {
                errors { __typename }
              }
            }
            """
        );

        var deleted = await RunAsync(fleet, "deleteDevice", device);
        Assert.False(deleted.At("device", "active").GetBoolean());
        Assert.Equal(JsonValueKind.Null, deleted.GetProperty("errors").ValueKind);
        Assert.Equal("", await ListAsync(fleet, deviceId, "{}"));
        Assert.Equal(deviceId, await ListAsync(fleet, deviceId, "{active: {eq: false}}"));
        Assert.Equal("DeviceNotFoundError", ErrorOf(await RunAsync(fleet, "deleteDevice", device)));

        var restored = await RunAsync(fleet, "restoreDevice", device);
        Assert.True(restored.At("device", "active").GetBoolean());
        Assert.Equal("[]", restored.At("device", "groups").GetRawText());
        Assert.Equal(deviceId, await ListAsync(fleet, deviceId, "{}"));
    }

    [Theory]
    [InlineData("patchTags", ", patch: {}")]
    [InlineData("deleteDevice", "")]
    [InlineData("restoreDevice", "")]
    public async Task A_device_of_another_organization_does_not_exist(string mutation, string more)
    {
        var fleet = await fleets.OnAsync(StoreKind.Sqlite);
        var payload = await RunAsync(fleet, mutation, $$"""{organizationId: "acme", deviceId: "x1"{{more}}}""");
        Assert.Equal("DeviceNotFoundError", ErrorOf(payload));
        Assert.Equal("x1", payload.GetProperty("errors")[0].GetProperty("deviceId").GetString());
    }

    private async Task<(SeededFleet Fleet, string DeviceId)> AddDeviceAsync(StoreKind kind, string name)
    {
        var fleet = await fleets.OnAsync(kind);
        var deviceId = $"{name}-{kind}";
        await fleet.AddAsync(SeededRows.Device(deviceId, deviceId));
        return (fleet, deviceId);
    }

    private static async Task<JsonElement> RunAsync(SeededFleet fleet, string mutation, string input)
    {
        var data = await fleet.Host.QueryAsync($$"""mutation { {{mutation}}(input: {{input}}) {{Answer}} }""");
        return data.GetProperty(mutation);
    }

    private static async Task<string> ListAsync(SeededFleet fleet, string organizationId, string where)
    {
        var data = await fleet.Host.QueryAsync(
            $$"""{ devices(organizationId: "{{organizationId}}", where: {{where}}) { nodes { deviceId } } }"""
        );
        return string.Join(' ', data.At("devices", "nodes").Texts("deviceId"));
    }

    private static string Tags(JsonElement payload) =>
        payload.At("device", "tags").GetRawText().Replace(" ", "", StringComparison.Ordinal);

    private static string? ErrorOf(JsonElement payload) =>
        payload.GetProperty("errors")[0].GetProperty("__typename").GetString();
}
