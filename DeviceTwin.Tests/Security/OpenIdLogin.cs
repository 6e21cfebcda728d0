using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DeviceTwin.Tests.Security;

/// <summary>
/// The issuer's way to sign people in: the authorization code flow with PKCE (RFC 7636). Who comes is let in without a password.
/// </summary>
/// <param name="token">Makes an access token.</param>
/// <param name="identity">Makes an identity token for a client.</param>
internal sealed class OpenIdLogin(Func<string> token, Func<string, string> identity)
{
    private readonly ConcurrentDictionary<string, string> challenges = new(StringComparer.Ordinal);
    private int count;
    private int renewals;

    /// <summary>How many have signed in.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>How often a token was renewed.</summary>
    public int Renewals => Volatile.Read(ref renewals);

    /// <summary>How long clients are told that a token is good.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    public void Map(IEndpointRouteBuilder endpoints, string realm)
    {
        endpoints.MapGet($"{realm}/authorize", Authorize);
        endpoints.MapPost($"{realm}/token", GiveTokenAsync);
    }

    private IResult Authorize(HttpRequest request)
    {
        var code = RandomNumberGenerator.GetHexString(16);
        challenges[code] = request.Query["code_challenge"].ToString();
        var state = Uri.EscapeDataString(request.Query["state"].ToString());
        return Results.Redirect($"{request.Query["redirect_uri"]}?code={code}&state={state}");
    }

    private async Task<IResult> GiveTokenAsync(HttpRequest request)
    {
        request.HttpContext.Response.Headers.AccessControlAllowOrigin = "*";
        var form = await request.ReadFormAsync();
        if (form["grant_type"] == "refresh_token")
        {
            Interlocked.Increment(ref renewals);
            return GiveToken(form);
        }

        var verifier = SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()));
        if (
            !challenges.TryRemove(form["code"].ToString(), out var challenge)
            || Base64Url.EncodeToString(verifier) != challenge
        )
        {
            return Results.BadRequest(new { error = "invalid_grant" });
        }

        Interlocked.Increment(ref count);
        return GiveToken(form);
    }

    private IResult GiveToken(IFormCollection form) =>
        Results.Json(
            new
            {
                access_token = token(),
                id_token = identity(form["client_id"].ToString()),
                token_type = "Bearer",
                refresh_token = "refresh",
                expires_in = (int)Lifetime.TotalSeconds,
            }
        );
}
