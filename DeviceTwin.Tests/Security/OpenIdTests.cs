using System.Net;
using System.Text.Json.Nodes;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Security;

/// <summary>Tokens of a real OpenID Connect issuer, right and wrong.</summary>
public sealed class OpenIdTests(ITestOutputHelper output, OpenIdTests.Shared shared) : IClassFixture<OpenIdTests.Shared>
{
    private const string Question = "{ organizations { id } }";

    [Fact]
    public async Task A_token_of_the_issuer_shows_its_organizations_and_no_others()
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        await using var host = await StartAsync(issuer);

        Assert.Equal(["acme"], await SeenAsync(host, issuer.Token()));
        Assert.Equal(["acme", "other"], await SeenAsync(host, issuer.Token(claims => claims["organizations"] = "*")));
        Assert.Equal(1, issuer.KeysAsked);
    }

    public static TheoryData<string> Wrong { get; } = new(ForgedTokens.Kinds);

    [Theory, MemberData(nameof(Wrong))]
    public async Task A_wrong_token_is_refused(string wrong)
    {
        var (issuer, host) = (shared.Issuer, shared.Host);

        var (status, answer) = await host.AskAsync(ForgedTokens.Make(issuer, wrong), Question);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("AUTH_NOT_AUTHENTICATED", SecureHost.CodeOf(answer));
        // The service still answers others at once.
        await host.AssertAnswersAsync(issuer.Token());
    }

    public static TheoryData<string, string, string> Shapes { get; } =
        new()
        {
            { "organizations", "roles", """{"organizations":["acme"],"roles":["viewer","admin","operator"]}""" },
            { "organizations", "roles", """{"organizations":"acme third","roles":"viewer Admin offline_access"}""" },
            {
                "organizations",
                "realm_access.roles",
                """{"organizations":["acme"],"realm_access":{"roles":["default-roles-fleet","admin"]}}"""
            },
            {
                "organization",
                "resource_access.device.twin.roles",
                """{"organization":{"acme":{"id":"42"}},"resource_access":{"device.twin":{"roles":["admin"]}}}"""
            },
            {
                "https://twin.example.org/organizations",
                "https://twin.example.org/roles",
                """{"https://twin.example.org/organizations":["acme"],"https://twin.example.org/roles":["admin"]}"""
            },
        };

    [Theory, MemberData(nameof(Shapes))]
    public async Task Claims_are_read_in_the_shapes_that_issuers_give(string organizations, string roles, string claims)
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        await using var host = await StartAsync(
            issuer,
            configure: settings =>
            {
                settings.OrganizationsClaim = organizations;
                settings.RolesClaim = roles;
            }
        );
        var token = issuer.Token(made =>
        {
            made.Remove("organizations");
            made.Remove("roles");
            foreach (var (name, value) in JsonNode.Parse(claims)!.AsObject())
            {
                made[name] = value!.DeepClone();
            }
        });

        Assert.Equal(["acme"], await SeenAsync(host, token));
        // Only an admin gets as far as not finding the device.
        var data = await host.DataAsync(token, Delete);
        Assert.Equal("DeviceNotFoundError", data.At("deleteDevice", "errors")[0].GetProperty("__typename").GetString());
    }

    [Theory]
    [InlineData("""{"organizations":["acme"],"roles":["somebody"]}""")]
    [InlineData("""{"organizations":["*"]}""")]
    [InlineData("""{"roles":["admin"]}""")]
    [InlineData("""{"roles":["admin"],"organizations":7}""")]
    [InlineData("""{"roles":["2"],"organizations":["acme"]}""")]
    public async Task Who_has_no_role_or_no_organizations_is_known_and_sees_nothing(string claims)
    {
        var token = shared.Issuer.Token(made =>
        {
            made.Remove("organizations");
            made.Remove("roles");
            foreach (var (name, value) in JsonNode.Parse(claims)!.AsObject())
            {
                made[name] = value!.DeepClone();
            }
        });

        Assert.Empty(await SeenAsync(shared.Host, token));
    }

    [Fact]
    public async Task A_rolled_key_is_taken_and_the_former_one_no_more()
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        await using var host = await StartAsync(issuer);
        var former = issuer.Token();
        Assert.Equal(["acme"], await SeenAsync(host, former));

        issuer.RollKeys();

        await Eventually.BecomesTrueAsync(
            async () => (await host.AskAsync(issuer.Token(), Question)).Status == HttpStatusCode.OK,
            "a token with the new key is taken"
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.AskAsync(former, Question)).Status);
    }

    [Fact]
    public async Task Tokens_with_keys_that_nobody_knows_are_no_flood_at_the_issuer()
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        await using var host = await StartAsync(issuer);
        var forged = issuer.Token(key: new OpenIdIssuer.SigningKey("nobody's"));

        for (var attempt = 0; attempt < 200; attempt++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.AskAsync(forged, Question)).Status);
        }

        Assert.InRange(issuer.KeysAsked, 1, 10);
    }

    [Fact]
    public async Task An_issuer_that_is_away_is_told_as_503_and_asked_again()
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        issuer.IsUp = false;
        await using var host = await StartAsync(issuer);

        var (status, answer) = await host.AskAsync(issuer.Token(), Question);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("AUTH_UNAVAILABLE", SecureHost.CodeOf(answer));
        issuer.IsUp = true;
        await Eventually.BecomesTrueAsync(
            async () => (await host.AskAsync(issuer.Token(), Question)).Status == HttpStatusCode.OK,
            "the issuer's tokens are taken"
        );
    }

    [Fact]
    public async Task The_change_log_names_who_the_token_names()
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        await using var host = await StartAsync(issuer);
        await using (var context = await host.OpenStoreAsync())
        {
            context.Add(SeededRows.Device("d1"));
            await context.SaveChangesAsync();
        }

        await host.DataAsync(
            issuer.Token(claims => claims["preferred_username"] = "Ann Smith"),
            """mutation { patchTags(input: {organizationId: "acme", deviceId: "d1", patch: {n: 1}}) { errors { __typename } } }"""
        );

        await host.ChangesShowAsync();
        var data = await host.DataAsync(issuer.Token(), "{ deviceChanges(organizationId: \"acme\") { nodes { by } } }");
        Assert.Equal(["Ann Smith"], data.At("deviceChanges", "nodes").Texts("by"));
    }

    private const string Delete =
        "mutation { deleteDevice(input: {organizationId: \"acme\", deviceId: \"none\"}) { errors { __typename } } }";

    private static async Task<IReadOnlyList<string?>> SeenAsync(TwinHost host, string token) =>
        (await host.DataAsync(token, Question)).GetProperty("organizations").Texts("id");

    private Task<TwinHost> StartAsync(
        OpenIdIssuer issuer,
        TimeProvider? clock = null,
        Action<AuthenticationSettings>? configure = null
    ) => StartAsync(output, issuer, clock, configure);

    internal static async Task<TwinHost> StartAsync(
        ITestOutputHelper? output,
        OpenIdIssuer issuer,
        TimeProvider? clock = null,
        Action<AuthenticationSettings>? configure = null
    )
    {
        var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                Clock = clock ?? TimeProvider.System,
                Configure = settings =>
                {
                    settings.GraphQL.KeepAlive = TimeSpan.FromDays(1);
                    settings.Authentication.Provider = AuthenticationProvider.Oidc;
                    settings.Authentication.Authority = issuer.Authority;
                    settings.Authentication.Audience = OpenIdIssuer.Audience;
                    configure?.Invoke(settings.Authentication);
                },
            }
        );
        await using var context = await host.OpenStoreAsync();
        context.AddRange(SeededRows.Named("acme"), SeededRows.Named("other"));
        await context.SaveChangesAsync();
        return host;
    }

    /// <summary>An issuer and a service for the tests that change neither.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        internal OpenIdIssuer Issuer { get; private set; } = null!;

        internal TwinHost Host { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Issuer = await OpenIdIssuer.StartAsync();
            Host = await StartAsync(output: null, Issuer);
        }

        public async Task DisposeAsync()
        {
            await Host.DisposeAsync();
            await Issuer.DisposeAsync();
        }
    }
}
