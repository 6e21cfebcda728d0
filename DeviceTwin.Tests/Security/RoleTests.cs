using System.Net;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Guard;
using DeviceTwin.Api.Security;
using DeviceTwin.Data.Actions;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.Infrastructure;
using GraphQL.Types;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Security;

/// <summary>What each role may, and what traces it leaves.</summary>
public sealed class RoleTests(ITestOutputHelper output, IsolatedFleet fleet) : IClassFixture<IsolatedFleet>
{
    private static readonly string[] ForAdmins =
    [
        "createDeviceUser",
        "deleteDevice",
        "removeDeviceUser",
        "restoreDevice",
        "unregisterDevice",
    ];

    [Fact]
    public async Task Every_mutation_is_denied_to_viewers_and_some_to_operators_before_anything_is_done()
    {
        await using var host = await StartAsync();
        foreach (var field in fleet.Map.Roots("Mutation"))
        {
            var arguments = Samples.Arguments(fleet.Map, field, IsolatedFleet.Hidden);
            var document = fleet.Map.Document("mutation", field, arguments.Keys);

            foreach (var role in Enum.GetValues<Role>())
            {
                var token = SecureHost.SecretOf(role.ToString());
                var (status, answer) = await host.AskAsync(token, document, arguments);

                Assert.Equal(HttpStatusCode.OK, status);
                var isDenied = answer.TryGetProperty("errors", out _);
                var needed = ForAdmins.Contains(field.Name) ? Role.Admin : Role.Operator;
                Assert.True(isDenied == role < needed, $"{role} {field.Name}: {answer.GetRawText()}");
                Assert.True(!isDenied || SecureHost.CodeOf(answer) == "AUTH_NOT_AUTHORIZED", answer.GetRawText());
                // What came of it depends on what is there.
                var trace = $"Information Audit: {role} as {role}: {field.Name} in {IsolatedFleet.Hidden} on ";
                var traces = host.Log.Lines.Count(line => line.StartsWith(trace, StringComparison.Ordinal));
                Assert.True(traces == (isDenied ? 0 : 1), $"{trace}: {traces}");
            }
        }
    }

    [Fact]
    public async Task A_viewer_may_ask_and_watch_everything()
    {
        await using var host = await StartAsync();
        foreach (var field in fleet.Map.Roots("Query"))
        {
            var arguments = Samples.Arguments(fleet.Map, field, IsolatedFleet.Hidden);
            var document = fleet.Map.Document("query", field, arguments.Keys);
            await host.DataAsync(SecureHost.SecretOf("Viewer"), document, arguments);
        }
    }

    [Theory]
    [InlineData("USER", "Operator", true)]
    [InlineData("UNREGISTER", "Operator", true)]
    [InlineData("USER", "Admin", false)]
    [InlineData("LIST", "Operator", false)]
    public async Task A_job_needs_what_its_kind_of_action_needs(string kind, string role, bool isDenied)
    {
        const string Start =
            "mutation($kind: ActionKind!) { startJob(input: {organizationId: \"acme\", where: {}, kind: $kind}) { errors { __typename } } }";

        await using var host = await StartAsync();

        var (_, answer) = await host.AskAsync(SecureHost.SecretOf(role), Start, new { kind });

        Assert.Equal(isDenied, answer.TryGetProperty("errors", out _));
    }

    [Fact]
    public async Task What_is_denied_among_others_leaves_the_others_done_and_is_counted()
    {
        await using var host = await StartAsync();
        const string Both = """
            mutation {
              mine: createGroup(input: {organizationId: "acme", name: "g"}) { errors { __typename } }
              theirs: deleteDevice(input: {organizationId: "acme", deviceId: "d1"}) { errors { __typename } }
            }
            """;

        var (_, answer) = await host.AskAsync(SecureHost.SecretOf("Operator"), Both);

        Assert.Equal("AUTH_NOT_AUTHORIZED", SecureHost.CodeOf(answer));
        Assert.Equal("theirs", answer.GetProperty("errors")[0].GetProperty("path")[0].GetString());
        Assert.Equal(1, host.Services.GetRequiredService<ServiceCounters>().Denials);
        Assert.True(host.Log.Contains("Denied Operator, who is Operator: Mutation.deleteDevice."));
    }

    [Fact]
    public async Task Every_mutation_leaves_one_line_that_says_who_what_where_and_what_came_of_it()
    {
        await using var host = await StartAsync();
        await host.AddDevicesAsync("d1");
        var admin = SecureHost.SecretOf("Admin");

        await host.DataAsync(admin, Upload("demo", "d1", "https://files.example.org/put?signature=hush"));
        await host.DataAsync(admin, Upload("demo", "d2", "https://files.example.org/put?signature=hush"));
        await host.DataAsync(admin, Upload("demo\\nforged", "d1", "https://files.example.org/put?signature=hush"));

        string[] lines = [.. host.Log.Lines.Where(line => line.Contains(" Audit: ", StringComparison.Ordinal))];
        Assert.Equal(
            [
                "Information Audit: Admin as Admin: uploadLogs in demo on DeviceId=d1: ok",
                "Information Audit: Admin as Admin: uploadLogs in demo on DeviceId=d2: DeviceNotFoundError",
                "Information Audit: Admin as Admin: uploadLogs in demo\\u000aforged on DeviceId=d1: DeviceNotFoundError",
            ],
            lines
        );
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("hush", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains(admin, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_mutation_that_changes_a_device_names_its_caller_in_the_change_log()
    {
        // A new group is no device's change, nor is what becomes of a set-aside item.
        string[] ofNoDevice = ["createGroup", "dropSetAsideItem", "retrySetAsideItem"];
        // The others have to give them something to change.
        string[] after = ["addDevicesToGroup", "clearDesiredSnaps", "deleteGroup"];
        await using var host = await StartAsync();
        await using (var context = await host.OpenStoreAsync())
        {
            SeededRows.AddTo(context);
            await context.SaveChangesAsync();
        }

        var traced = new List<string>();
        foreach (
            var field in fleet
                .Map.Roots("Mutation")
                .Where(field => !ofNoDevice.Contains(field.Name))
                .OrderBy(field =>
                    ForAdmins.Contains(field.Name) ? 2
                    : after.Contains(field.Name) ? 1
                    : 0
                )
                .ThenBy(field => field.Name, StringComparer.Ordinal)
        )
        {
            var arguments = Samples.Arguments(fleet.Map, field, IsolatedFleet.Hidden);
            var document = fleet.Map.Document("mutation", field, arguments.Keys);
            var before = await CountAsync();

            var data = await host.DataAsync(SecureHost.SecretOf("Admin"), document, arguments);

            // What the sample cannot do, such as to cancel what is done, changes nothing.
            if (data.At(field.Name, "errors").ValueKind == JsonValueKind.Null)
            {
                await Eventually.BecomesTrueAsync(
                    async () => await CountAsync() > before,
                    $"{field.Name} is in the change log in its caller's name"
                );
                traced.Add(field.Name);
            }
        }

        Assert.True(traced.Count > 20, string.Join(' ', traced));

        async Task<int> CountAsync()
        {
            await using var context = await host.OpenStoreAsync();
            return await context.Changes.CountAsync(change =>
                change.By == "Admin" && change.OrganizationId == IsolatedFleet.Hidden
            );
        }
    }

    [Fact]
    public async Task A_group_is_created_only_where_the_caller_may_see()
    {
        const string Create =
            "mutation($org: String!) { createGroup(input: {organizationId: $org, name: \"g\"}) { errors { __typename ... on InvalidInputError { field message } } } }";
        foreach (var organization in new[] { IsolatedFleet.Hidden, IsolatedFleet.Missing })
        {
            var data = await fleet.Host.DataAsync(IsolatedFleet.Stranger, Create, new { org = organization });
            var error = data.At("createGroup", "errors")[0];
            Assert.Equal("organizationId", error.GetProperty("field").GetString());
            Assert.Equal($"There is no organization {organization}.", error.GetProperty("message").GetString());
        }
    }

    [Theory]
    [InlineData(ActionKind.Unregister, Role.Admin)]
    [InlineData(ActionKind.User, Role.Admin)]
    [InlineData(ActionKind.Install, Role.Operator)]
    [InlineData(ActionKind.List, Role.Operator)]
    public void A_kind_of_action_needs_the_same_role_whichever_way_it_is_asked_for(ActionKind kind, Role role) =>
        Assert.Equal(role, FieldRules.Of(kind));

    [Theory]
    [InlineData("Query", "device", true)]
    [InlineData("Query", "secrets", false)]
    [InlineData("Subscription", "secretTold", false)]
    [InlineData("Mutation", "eraseEverything", false)]
    public void A_root_field_without_a_rule_stops_the_start(string type, string name, bool starts)
    {
        var root = new ObjectGraphType { Name = type };
        root.Field<StringGraphType>(name).Resolve(_ => "");
        using var schema = new Schema
        {
            Query = root,
            Mutation = root,
            Subscription = root,
        };
        using var services = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider();
        var denials = new DenialLog(
            new ServiceCounters(TimeProvider.System),
            TimeProvider.System,
            NullLogger<DenialLog>.Instance
        );
        schema.RegisterVisitor(new RootFieldGuard(denials, new MutationAudit(NullLoggerFactory.Instance)));
        if (type == "Query")
        {
            schema.Mutation = schema.Subscription = null!;
        }

        var fault = Record.Exception(schema.Initialize);

        if (starts)
        {
            Assert.Null(fault);
        }
        else
        {
            Assert.Equal(
                $"{type}.{name} has no rule: say in FieldRules which role it needs.",
                Assert.IsType<InvalidOperationException>(fault).Message
            );
        }
    }

    private static string Upload(string organization, string device, string url) =>
        $$"""mutation { uploadLogs(input: {organizationId: "{{organization}}", deviceId: "{{device}}", url: "{{url}}"}) { errors { __typename } } }""";

    private Task<TwinHost> StartAsync() =>
        SecureHost.StartAsync(
            output,
            [
                .. Enum.GetNames<Role>()
                    .Select(role => SecureHost.Token(role, Enum.Parse<Role>(role), OrganizationScope.Everything)),
            ],
            new TwinHostOptions
            {
                Configure = settings =>
                {
                    settings.GraphQL.Complexity = int.MaxValue;
                    settings.GraphQL.Nodes = 100_000;
                    settings.GraphQL.DocumentLimit = 1_000_000;
                    settings.GraphQL.Depth = 50;
                    settings.GraphQL.BodyLimit = 2_000_000;
                },
            }
        );
}
