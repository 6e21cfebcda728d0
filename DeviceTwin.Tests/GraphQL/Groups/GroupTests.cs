using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Groups;

/// <summary>Groups: asked for, made, filled, emptied and deleted.</summary>
[Collection(nameof(SeededFleets))]
public sealed class GroupTests(SeededFleets fleets)
{
    private const string Answer = """
        {
          group { name devices { nodes { deviceId } } }
          errors {
            __typename
            ... on Error { message }
            ... on DeviceNotFoundError { deviceId }
            ... on GroupNotFoundError { name }
            ... on GroupExistsError { name }
            ... on InvalidInputError { field }
          }
        }
        """;

    [Theory]
    [EveryStore]
    public async Task A_group_knows_who_is_in_it_and_who_of_its_organization_is_not(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var data = await fleet.Host.QueryAsync(
            """
            {
              group(organizationId: "acme", name: "all") {
                devices { nodes { deviceId } totalCount }
                one: devices(first: 1, order: {deviceId: DESC}) { nodes { deviceId } pageInfo { hasNextPage } }
                excludedDevices { nodes { deviceId } totalCount }
                bolts: excludedDevices(where: {brand: {eq: "Bolt"}}) { nodes { deviceId } }
              }
              foreign: group(organizationId: "other", name: "all") { name }
              other: group(organizationId: "other", name: "north") { devices { totalCount } }
              groups(organizationId: "acme") { name devices { totalCount } }
            }
            """
        );
        Assert.Equal(
            """{"devices":{"nodes":[{"deviceId":"d1"},{"deviceId":"d2"}],"totalCount":2},"one":{"nodes":[{"deviceId":"d2"}],"pageInfo":{"hasNextPage":true}},"excludedDevices":{"nodes":[{"deviceId":"d3"},{"deviceId":"d5"}],"totalCount":2},"bolts":{"nodes":[{"deviceId":"d3"}]}}""",
            data.GetProperty("group").GetRawText()
        );
        Assert.Equal(JsonValueKind.Null, data.GetProperty("foreign").ValueKind);
        Assert.Equal(0, data.At("other", "devices", "totalCount").GetInt32());
        Assert.Equal(["all", "north"], data.GetProperty("groups").Texts("name"));
    }

    [Theory]
    [EveryStore]
    public async Task A_group_is_made_filled_emptied_and_deleted(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var organization = $"grouping-{kind}";
        await fleet.AddAsync(
            SeededRows.Device($"g1-{kind}", organization),
            SeededRows.Device($"g2-{kind}", organization)
        );

        Assert.Equal("", Members(await RunAsync("createGroup", "")));
        Assert.Equal("GroupExistsError north", ErrorOf(await RunAsync("createGroup", "")));
        Assert.Equal($"g1-{kind} g2-{kind}", Members(await AddAsync($"g1-{kind}", $"g2-{kind}", $"g1-{kind}")));
        Assert.Equal("DeviceNotFoundError d1", ErrorOf(await AddAsync("d1")));
        Assert.Equal("InvalidInputError deviceIds", ErrorOf(await AddAsync()));
        Assert.Equal($"g2-{kind}", Members(await RunAsync("removeDevicesFromGroup", $", deviceIds: [\"g1-{kind}\"]")));
        Assert.Equal(
            "DeviceNotFoundError nobody",
            ErrorOf(await RunAsync("removeDevicesFromGroup", ", deviceIds: [\"nobody\"]"))
        );
        var deleted = await RunAsync("deleteGroup", "");
        Assert.Equal("north", deleted.At("group", "name").GetString());
        Assert.Equal("GroupNotFoundError north", ErrorOf(await RunAsync("deleteGroup", "")));
        Assert.Equal("GroupNotFoundError north", ErrorOf(await AddAsync($"g1-{kind}")));
        Assert.Equal("InvalidInputError name", ErrorOf(await RunAsync("createGroup", "", name: "")));

        async Task<JsonElement> RunAsync(string mutation, string more, string name = "north")
        {
            var data = await fleet.Host.QueryAsync(
                $$"""
                mutation {
                  {{mutation}}(input: {organizationId: "{{organization}}", name: "{{name}}"{{more}}}) {{Answer}}
                }
                """
            );
            return data.GetProperty(mutation);
        }

        Task<JsonElement> AddAsync(params string[] deviceIds) =>
            RunAsync("addDevicesToGroup", $", deviceIds: {JsonSerializer.Serialize(deviceIds)}");
    }

    private static string Members(JsonElement payload)
    {
        Assert.True(payload.GetProperty("errors").ValueKind == JsonValueKind.Null, payload.GetRawText());
        return string.Join(' ', payload.At("group", "devices", "nodes").Texts("deviceId"));
    }

    private static string ErrorOf(JsonElement payload)
    {
        Assert.Equal(JsonValueKind.Null, payload.GetProperty("group").ValueKind);
        var error = Assert.Single(payload.GetProperty("errors").EnumerateArray());
        var detail = error.EnumerateObject().Single(field => field.Name is not ("__typename" or "message"));
        return $"{error.GetProperty("__typename").GetString()} {detail.Value.GetString()}";
    }
}
