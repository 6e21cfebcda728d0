using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.Time.Testing;
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

    public static TheoryData<string> Wrong { get; } =
        new(
            "expired",
            "not yet valid",
            "without end",
            "wrong audience",
            "without audience",
            "wrong issuer",
            "without issuer",
            "changed claims",
            "cut signature",
            "alg none",
            "alg none with signature",
            "HS256 with the public key",
            "unknown key",
            "unknown key under a known name",
            "names nobody",
            "calls itself the service",
            "two parts",
            "encrypted",
            "garbage"
        );

    [Theory, MemberData(nameof(Wrong))]
    public async Task A_wrong_token_is_refused(string wrong)
    {
        var (issuer, host) = (shared.Issuer, shared.Host);

        var (status, answer) = await host.AskAsync(Forge(issuer, wrong), Question);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("AUTH_NOT_AUTHENTICATED", SecureHost.CodeOf(answer));
        // The service still answers others at once.
        Assert.Equal(["acme"], await SeenAsync(host, issuer.Token()));
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
    public async Task A_token_that_ends_closes_its_socket_unless_it_was_renewed_with_the_same_rights()
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await StartAsync(issuer, clock);
        var short1 = issuer.Token(claims => claims["exp"] = DateTimeOffset.UtcNow.AddMinutes(2).ToUnixTimeSeconds());
        using var ending = await host.OpenSocketAsync(short1);
        using var renewing = await host.OpenSocketAsync(short1);
        using var growing = await host.OpenSocketAsync(short1);

        await renewing.InitialiseAsync(SecureHost.Init(issuer.Token()));
        await growing.SendAsync(
            JsonSerializer.Serialize(
                new
                {
                    type = "connection_init",
                    payload = new { authorization = "Bearer " + issuer.Token(claims => claims["organizations"] = "*") },
                }
            )
        );

        Assert.Equal(4403, (await growing.ReceiveCloseAsync()).Code);
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((4403, "Forbidden: the token has expired"), await ending.ReceiveCloseAsync());
        await renewing.RoundTripAsync();
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(4403, (await renewing.ReceiveCloseAsync()).Code);
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

    private static string Forge(OpenIdIssuer issuer, string wrong)
    {
        var now = DateTimeOffset.UtcNow;
        var right = issuer.Token();
        var parts = right.Split('.');
        return wrong switch
        {
            "expired" => issuer.Token(claims => claims["exp"] = now.AddMinutes(-2).ToUnixTimeSeconds()),
            "not yet valid" => issuer.Token(claims => claims["nbf"] = now.AddMinutes(5).ToUnixTimeSeconds()),
            "without end" => issuer.Token(claims => claims.Remove("exp")),
            "wrong audience" => issuer.Token(claims => claims["aud"] = new JsonArray("account", "devicetwin2")),
            "without audience" => issuer.Token(claims => claims.Remove("aud")),
            "wrong issuer" => issuer.Token(claims => claims["iss"] = "https://login.example.org/realms/fleet"),
            "without issuer" => issuer.Token(claims => claims.Remove("iss")),
            "changed claims" =>
                $"{parts[0]}.{issuer.Token(claims => claims["roles"] = "admin").Split('.')[1]}.{parts[2]}",
            "cut signature" => $"{parts[0]}.{parts[1]}.",
            "alg none" => OpenIdIssuer.Sign(issuer.Claims(), Header("none"), _ => []),
            "alg none with signature" => OpenIdIssuer.Sign(issuer.Claims(), Header("none"), issuer.Key.Sign),
            "HS256 with the public key" => OpenIdIssuer.Sign(
                issuer.Claims(),
                Header("HS256"),
                content => HMACSHA256.HashData(issuer.Key.PublicPem, content)
            ),
            "unknown key" => issuer.Token(key: new OpenIdIssuer.SigningKey("key-2")),
            "unknown key under a known name" => issuer.Token(key: new OpenIdIssuer.SigningKey("key-1")),
            "names nobody" => issuer.Token(claims =>
            {
                claims.Remove("sub");
                claims.Remove("preferred_username");
            }),
            "calls itself the service" => issuer.Token(claims =>
            {
                claims.Remove("sub");
                claims["preferred_username"] = "Service";
            }),
            "two parts" => $"{parts[0]}.{parts[1]}",
            "encrypted" => $"{parts[0]}.a.b.c.d",
            _ => "garbage",
        };
    }

    private static JsonObject Header(string algorithm) =>
        new()
        {
            ["alg"] = algorithm,
            ["typ"] = "JWT",
            ["kid"] = "key-1",
        };

    private static async Task<IReadOnlyList<string?>> SeenAsync(TwinHost host, string token) =>
        (await host.DataAsync(token, Question)).GetProperty("organizations").Texts("id");

    private Task<TwinHost> StartAsync(
        OpenIdIssuer issuer,
        TimeProvider? clock = null,
        Action<AuthenticationSettings>? configure = null
    ) => StartAsync(output, issuer, clock, configure);

    private static async Task<TwinHost> StartAsync(
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
