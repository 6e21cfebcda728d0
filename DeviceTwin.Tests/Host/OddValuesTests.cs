using System.Text;
using System.Text.Json;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>The whole service with values that programs read differently, from devices and from operators.</summary>
public sealed class OddValuesTests(ITestOutputHelper output)
{
    private SimulatedAgent? agent;

    private const string Snaps = """
        query { device(organizationId: "abc", deviceId: "c333") { snaps { name version revision installedSize config fieldErrors { field message } } } }
        """;

    [Theory, EveryStore]
    public async Task A_list_with_one_odd_snap_keeps_all_snaps_and_says_what_is_missing_of_the_odd_one(StoreKind kind)
    {
        await using var host = await StartAsync(kind);
        await ListAsync(
            host,
            """
            [{"name":"nats","version":"2.\u00001","revision":7,"installedSize":-1,"config":"{\"id\":557236406134e62000323100}"},
             {"name":"core22","version":"1","revision":99999999999,"config":"{\"b\":1e2,\"a\":1.50}"}]
            """
        );

        var snaps = (await host.QueryAsync(Snaps)).GetProperty("device").GetProperty("snaps").EnumerateArray().ToList();
        var (core, nats) = (snaps.Find(Named("core22")), snaps.Find(Named("nats")));
        Assert.Equal("""{"a":1.5,"b":100}""", core.GetProperty("config").GetRawText());
        Assert.Equal(["revision"], Fields(core));
        Assert.Equal(
            ("2.\uFFFD1", 7, 0),
            (
                nats.GetProperty("version").GetString(),
                nats.GetProperty("revision").GetInt32(),
                nats.GetProperty("installedSize").GetInt32()
            )
        );
        Assert.Equal(JsonValueKind.Null, nats.GetProperty("config").ValueKind);
        Assert.Equal(["config", "installedSize", "version"], Fields(nats));
        Assert.Contains(
            nats.GetProperty("fieldErrors").EnumerateArray(),
            error =>
                error
                    .GetProperty("message")
                    .GetString()!
                    .Contains("$.id: the number is beyond", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("557236406134e62", nats.GetRawText(), StringComparison.Ordinal);

        await ListAsync(host, """[{"name":"nats","version":"3","config":"{\"id\":1}"}]""");
        var repaired = Assert.Single(
            (await host.QueryAsync(Snaps)).GetProperty("device").GetProperty("snaps").EnumerateArray()
        );
        Assert.Empty(Fields(repaired));
        Assert.Equal("""{"id":1}""", repaired.GetProperty("config").GetRawText());
    }

    [Theory, EveryStore]
    public async Task A_config_of_the_greatest_depth_is_answered_and_comes_with_every_event(StoreKind kind)
    {
        await using var host = await StartAsync(kind);
        await using var events = await host.SubscribeAsync(
            """
            subscription { deviceChanged(organizationId: "abc") { device { deviceId snaps { name config } } } }
            """
        );
        foreach (var levels in new[] { 58, 64 })
        {
            var deep = string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);
            await ListAsync(host, $$"""[{"name":"nats","config":{{JsonSerializer.Serialize(deep)}}}]""");

            var answer = (await host.QueryAsync(Snaps)).GetProperty("device").GetProperty("snaps")[0];
            Assert.Equal(deep, answer.GetProperty("config").GetRawText());
            while (!(await events.NextAsync()).GetRawText().Contains(deep, StringComparison.Ordinal)) { }
        }
    }

    [Theory, EveryStore]
    public async Task A_desired_state_and_tags_that_cannot_be_kept_are_refused_with_the_place(StoreKind kind)
    {
        await using var host = await StartAsync(kind);
        foreach (var field in new[] { "patchDesiredProperties", "patchTags" })
        {
            foreach (
                var (patch, place) in new[]
                {
                    ("""{"a":{"n":1e99999999999}}""", "$.a.n: the number is beyond"),
                    ("""{"a":[1,"\u0000"]}""", "$.a[1]: the text holds U+0000"),
                    ("""{"a":18446744073709551615}""", "$.a: the integer is beyond 64 bits"),
                    (
                        """{"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{"9":{"10":{"11":1}}}}}}}}}}}""",
                        """$.1.2.3.4.5.6.7.8.9.10: it nests more than 10 levels deep."""
                    ),
                    ($$"""{"a":[{{string.Join(',', Enumerable.Repeat("1e308", 500))}}]}""", "at most 32768 are kept"),
                }
            )
            {
                var answer = await host.SendAsync(
                    $$"""
                    mutation($patch: JSON!) {
                      {{field}}(input: { organizationId: "abc", deviceId: "c333", patch: $patch }) {
                        errors { ... on InvalidInputError { field message } }
                      }
                    }
                    """,
                    new { patch = JsonElement.Parse(patch) }
                );

                // The message is JSON itself.
                Assert.Contains(
                    place,
                    System.Text.RegularExpressions.Regex.Unescape(answer.GetRawText()),
                    StringComparison.Ordinal
                );
                Assert.DoesNotContain("INTERNAL_ERROR", answer.GetRawText(), StringComparison.Ordinal);
            }
        }
    }

    [Theory, EveryStore]
    public async Task A_reported_patch_that_cannot_be_kept_is_rejected_with_the_place(StoreKind kind)
    {
        await using var host = await StartAsync(kind);
        await using var device = await TwinTopicDevice.ConnectAsync(host, "c333");

        // The simulated agent reports, too.
        await device.SendAsync("reported", """{"patch":{"a":[0,{"n":1e400}]}}""");
        await device.HearsOneWithAsync(
            "reported/rejected",
            """{"code":"invalid_patch","message":"$.a[1].n: the number is beyond the range of a double (about 1.8e308).","version":"""
        );
        await device.SendAsync("reported", """{"patch":{"a":1,"\u0061":2}}""");
        await device.HearsOneWithAsync(
            "reported/rejected",
            """{"code":"invalid_patch","message":"$.a: the key is there twice.","version":"""
        );
        await device.SendAsync("reported", """{"patch":{"odd":{"b":1e2,"a":0.10}}}""");

        await Eventually.BecomesTrueAsync(
            async () =>
                (
                    await host.QueryAsync(
                        """{ device(organizationId: "abc", deviceId: "c333") { reported { properties } } }"""
                    )
                )
                    .GetRawText()
                    .Contains(""" "odd":{"a":0.1,"b":100}""".Trim(), StringComparison.Ordinal),
            "the patch is stored in its one form"
        );
    }

    [Theory, EveryStore]
    public async Task The_instants_of_a_mutation_are_those_of_a_later_query(StoreKind kind)
    {
        await using var host = await StartAsync(kind);
        for (var time = 0; time < 5; time++)
        {
            var mutation = await host.QueryAsync(
                """mutation { requestSnapInfo(input: { organizationId: "abc", deviceId: "c333", snap: "nats" }) { action { actionId createdAt } } }"""
            );
            var told = mutation.GetProperty("requestSnapInfo").GetProperty("action");
            var actionId = told.GetProperty("actionId").GetString();

            var stored = (
                await host.QueryAsync(
                    $$"""{ action(organizationId: "abc", actionId: "{{actionId}}") { actionId createdAt } }"""
                )
            ).GetProperty("action");

            Assert.Equal(told.GetRawText(), stored.GetRawText());
        }
    }

    [Fact]
    public async Task A_number_of_250_000_digits_in_a_variable_costs_nothing_and_names_its_place()
    {
        await using var host = await TwinHost.StartAsync(output);
        using var client = new HttpClient();
        var body =
            $$$"""{"query":"query($v: Int) { devices(first: $v) { totalCount } }","variables":{"v":{{{new string('9', 250_000)}}}}}""";
        var clock = System.Diagnostics.Stopwatch.StartNew();

        using var answer = await client.PostAsync(
            new Uri(host.Address, "graphql"),
            new StringContent(body, Encoding.UTF8, "application/json")
        );

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Contains(
            "$.variables.v: the number has more than 400",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    private async Task<TwinHost> StartAsync(StoreKind kind)
    {
        var host = await TwinHost.StartAsync(output, new TwinHostOptions { Store = kind });
        agent = await host.ConnectDeviceAsync(
            "c333",
            new SimulatorOptions
            {
                Organization = "abc",
                Interval = TimeSpan.FromSeconds(1),
                OlderAgentShare = 0,
                VersionlessShare = 0,
                SnapdDelay = TimeSpan.Zero,
            }
        );
        await Eventually.BecomesTrueAsync(
            async () =>
                (await host.QueryAsync(Snaps)).GetProperty("device") is { ValueKind: JsonValueKind.Object } device
                && device.GetProperty("snaps").GetArrayLength() > 0,
            "the device has a twin with snaps"
        );
        return host;
    }

    private async Task ListAsync(TwinHost host, string list)
    {
        agent!.Device.OverrideAnswer(
            "list",
            asked =>
                Encoding.UTF8.GetBytes($$"""{"id":"{{asked.Id}}","action":"list","success":true,"result":{{list}}}""")
        );
        var asked = await host.QueryAsync(
            """mutation { requestSnapList(input: { organizationId: "abc", deviceId: "c333" }) { action { actionId } } }"""
        );
        var actionId = asked.GetProperty("requestSnapList").GetProperty("action").GetProperty("actionId").GetString();
        await Eventually.BecomesTrueAsync(
            async () =>
                (await host.QueryAsync($$"""{ action(organizationId: "abc", actionId: "{{actionId}}") { status } }"""))
                    .GetProperty("action")
                    .GetProperty("status")
                    .GetString() == "COMPLETED",
            "the list is taken"
        );
    }

    private static Predicate<JsonElement> Named(string name) => snap => snap.GetProperty("name").GetString() == name;

    private static IEnumerable<string?> Fields(JsonElement snap) =>
        snap.GetProperty("fieldErrors").EnumerateArray().Select(error => error.GetProperty("field").GetString());
}
