using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DeviceTwin.Tests.Security;

/// <summary>An OpenID Connect issuer on a port of its own: discovery, keys, and tokens made by hand so that they can be wrong.</summary>
internal sealed class OpenIdIssuer : IAsyncDisposable
{
    public const string Audience = "devicetwin";

    private readonly WebApplication application;
    private readonly OpenIdLogin login;
    private IReadOnlyList<SigningKey> published;
    private int keysAsked;

    private OpenIdIssuer(WebApplication application)
    {
        this.application = application;
        Key = new SigningKey("key-1");
        published = [Key];
        login = new OpenIdLogin(() => Token(), client => Token(claims => claims["aud"] = client));
    }

    /// <summary>The issuer's URL.</summary>
    public string Authority => application.Urls.Single() + "/realms/fleet";

    /// <summary>The key that it signs with.</summary>
    public SigningKey Key { get; private set; }

    /// <summary>How often its keys were asked for.</summary>
    public int KeysAsked => Volatile.Read(ref keysAsked);

    /// <summary>How many people signed in at it.</summary>
    public int Logins => login.Count;

    /// <summary>How often a token was renewed at it.</summary>
    public int Renewals => login.Renewals;

    /// <summary>How long clients are told that a token is good.</summary>
    public TimeSpan Lifetime
    {
        get => login.Lifetime;
        set => login.Lifetime = value;
    }

    /// <summary>Whether it answers; else 503.</summary>
    public bool IsUp { get; set; } = true;

    public static async Task<OpenIdIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new OpenIdIssuer(builder.Build());
        issuer.application.MapGet("/realms/fleet/.well-known/openid-configuration", issuer.Discover);
        issuer.application.MapGet("/realms/fleet/keys", issuer.GiveKeys);
        issuer.login.Map(issuer.application, "/realms/fleet");
        await issuer.application.StartAsync();
        return issuer;
    }

    /// <summary>Signs with a new key from now on, and publishes it alone.</summary>
    public void RollKeys()
    {
        Key = new SigningKey("key-" + (published.Count + RandomNumberGenerator.GetInt32(1000, 9999)));
        published = [Key];
    }

    /// <summary>A token that is right for an hour, but for what the test changes.</summary>
    public string Token(Action<JsonObject>? change = null, SigningKey? key = null) =>
        Sign(Claims(change), (key ?? Key).Header, (key ?? Key).Sign);

    /// <summary>A token with a header and a signature of the test's own.</summary>
    public static string Sign(JsonObject claims, JsonObject header, Func<byte[], byte[]> sign)
    {
        var content = Encode(header.ToJsonString()) + "." + Encode(claims.ToJsonString());
        return content + "." + Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(content)));
    }

    /// <summary>The claims of a token that is right, but for what the test changes.</summary>
    public JsonObject Claims(Action<JsonObject>? change = null)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new JsonObject
        {
            ["iss"] = Authority,
            ["aud"] = Audience,
            ["sub"] = "f3b1",
            ["preferred_username"] = "ann",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
            ["organizations"] = new JsonArray("acme"),
            ["roles"] = new JsonArray("operator"),
        };
        change?.Invoke(claims);
        return claims;
    }

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private IResult Discover(HttpResponse response)
    {
        // Pages of the service ask, too.
        response.Headers.AccessControlAllowOrigin = "*";
        return IsUp
            ? Results.Json(
                new
                {
                    issuer = Authority,
                    jwks_uri = Authority + "/keys",
                    authorization_endpoint = Authority + "/authorize",
                    token_endpoint = Authority + "/token",
                }
            )
            : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    private IResult GiveKeys()
    {
        Interlocked.Increment(ref keysAsked);
        return Results.Json(new { keys = published.Select(key => key.Public) });
    }

    /// <summary>An RSA key as an issuer has it.</summary>
    internal sealed class SigningKey(string id)
    {
        private readonly RSA rsa = RSA.Create(2048);

        /// <summary>The key's public half in PEM, which a forger has, too.</summary>
        public byte[] PublicPem => Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem());

        public JsonObject Header =>
            new()
            {
                ["alg"] = "RS256",
                ["typ"] = "JWT",
                ["kid"] = id,
            };

        public object Public
        {
            get
            {
                var key = rsa.ExportParameters(includePrivateParameters: false);
                return new
                {
                    kty = "RSA",
                    use = "sig",
                    alg = "RS256",
                    kid = id,
                    n = Base64Url.EncodeToString(key.Modulus),
                    e = Base64Url.EncodeToString(key.Exponent),
                };
            }
        }

        public byte[] Sign(byte[] content) =>
            rsa.SignData(content, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
