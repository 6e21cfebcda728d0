using DeviceTwin.Api.Security;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Tests.GraphQL;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Security;

/// <summary>Who sees set-aside items, and what of them.</summary>
public sealed class SetAsideScopeTests(ITestOutputHelper output)
{
    private const string Items =
        "query($id: String) { setAsideItems(organizationId: $id) { nodes { id reason payload payloadBase64 } } }";

    private const string Drop =
        "mutation($org: String, $id: ID!) { dropSetAsideItem(input: {organizationId: $org, id: $id}) { item { id } errors { __typename } } }";

    [Fact]
    public async Task Items_without_an_organization_are_for_callers_of_all_and_payloads_for_operators()
    {
        await using var host = await SecureHost.StartAsync(
            output,
            [
                SecureHost.Token("all", Role.Viewer, OrganizationScope.Everything),
                SecureHost.Token("viewer", Role.Viewer, "acme"),
                SecureHost.Token("operator", Role.Operator, "acme"),
            ]
        );
        await using (var context = await host.OpenStoreAsync())
        {
            context.AddRange(Item("1", "acme", "text"u8.ToArray()), Item("2", null, [0xff]));
            await context.SaveChangesAsync();
        }

        Assert.Equal(["text"], await PayloadsAsync("operator", "acme"));
        Assert.Equal([null], await PayloadsAsync("viewer", "acme"));
        Assert.Empty(await PayloadsAsync("viewer", null));
        Assert.Empty(await PayloadsAsync("operator", null));
        Assert.Empty(await PayloadsAsync("operator", "other"));
        Assert.Equal([null], await PayloadsAsync("all", null));

        var unknown = (await host.DataAsync(SecureHost.SecretOf("all"), Items, new { id = (string?)null }))
            .At("setAsideItems", "nodes")[0]
            .GetProperty("id")
            .GetString();
        var answer = await host.DataAsync(
            SecureHost.SecretOf("operator"),
            Drop,
            new { org = (string?)null, id = unknown }
        );
        Assert.Equal(
            """{"dropSetAsideItem":{"item":null,"errors":[{"__typename":"SetAsideItemNotFoundError"}]}}""",
            answer.GetRawText()
        );

        async Task<IReadOnlyList<string?>> PayloadsAsync(string caller, string? organizationId)
        {
            var data = await host.DataAsync(SecureHost.SecretOf(caller), Items, new { id = organizationId });
            return
            [
                .. data.At("setAsideItems", "nodes")
                    .EnumerateArray()
                    .Select(item => item.GetProperty("payload").GetString()),
            ];
        }
    }

    private static SetAsideItem Item(string key, string? organizationId, byte[] payload) =>
        new()
        {
            Worker = WorkerNames.Heartbeats,
            Key = key,
            OrganizationId = organizationId,
            DeviceId = "d1",
            Reason = "no.",
            Payload = payload,
            Tries = 5,
            FirstFailedAt = SeededRows.Noon,
            SetAsideAt = SeededRows.Noon,
        };
}
