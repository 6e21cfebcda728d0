using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace DeviceTwin.Tests.Security;

/// <summary>Tokens as somebody sends them who has none that is right.</summary>
internal static class ForgedTokens
{
    /// <summary>What is wrong with each.</summary>
    public static readonly string[] Kinds =
    [
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
        "calls itself the service and a letter that nobody sees",
        "calls itself something that nobody reads to its end",
        "two parts",
        "encrypted",
        "garbage",
    ];

    /// <summary>Makes one.</summary>
    public static string Make(OpenIdIssuer issuer, string wrong)
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
            "calls itself the service" => Named("Service"),
            "calls itself the service and a letter that nobody sees" => Named("service\u200b"),
            "calls itself something that nobody reads to its end" => Named(new string('x', 1_000)),
            "two parts" => $"{parts[0]}.{parts[1]}",
            "encrypted" => $"{parts[0]}.a.b.c.d",
            _ => "garbage",
        };

        string Named(string name) =>
            issuer.Token(claims =>
            {
                claims.Remove("sub");
                claims["preferred_username"] = name;
            });
    }

    private static JsonObject Header(string algorithm) =>
        new()
        {
            ["alg"] = algorithm,
            ["typ"] = "JWT",
            ["kid"] = "key-1",
        };
}
