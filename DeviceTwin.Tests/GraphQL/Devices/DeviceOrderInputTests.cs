using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>The fields of an input object have no order, so an entry of <c>order</c> names exactly one key.</summary>
[Collection(nameof(SeededFleets))]
public sealed class DeviceOrderInputTests(SeededFleets fleets)
{
    private const string Query =
        """query($order: [DeviceSortInput!]) { devices(organizationId: "acme", order: $order) { nodes { deviceId } } }""";

    [Theory]
    [InlineData("""[{"brand":"ASC","deviceId":"DESC"}]""", "brand, deviceId")]
    [InlineData("""[{"serial":"ASC"},{"model":"DESC","brand":"ASC","createdAt":"DESC"}]""", "brand, createdAt, model")]
    [InlineData("""{"brand":"ASC","deviceId":"DESC"}""", "brand, deviceId")]
    [InlineData("[{}]", "names no key")]
    [InlineData("""[{"brand":"ASC"},{}]""", "names no key")]
    [InlineData("""[{"brand":null}]""", "names no key")]
    public async Task Several_keys_in_one_object_or_none_are_refused_with_the_reason(string order, string says)
    {
        var host = (await fleets.OnAsync(StoreKind.Sqlite)).Host;

        var asVariable = await host.FailsWithAsync(
            "INVALID_ORDER",
            Query,
            new { order = System.Text.Json.JsonElement.Parse(order) }
        );
        var literal = order.Replace("\"", "", StringComparison.Ordinal);
        var asLiteral = await host.FailsWithAsync(
            "INVALID_ORDER",
            $$"""{ devices(organizationId: "acme", order: {{literal}}) { nodes { deviceId } } }"""
        );

        Assert.Contains(says, asVariable.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(says, asLiteral.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [EveryStore]
    public async Task One_key_in_each_object_orders_and_nulls_beside_it_say_nothing(StoreKind kind)
    {
        var host = (await fleets.OnAsync(kind)).Host;

        var data = await host.QueryAsync(
            """{ devices(organizationId: "acme", order: [{model: ASC, brand: null}, {deviceId: DESC}]) { nodes { deviceId } } }"""
        );

        Assert.Equal(["d5", "d3", "d1", "d2"], data.At("devices", "nodes").Texts("deviceId"));
    }
}
