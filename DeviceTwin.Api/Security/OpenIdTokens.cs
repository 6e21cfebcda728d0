using System.Text.Json;
using DeviceTwin.Api.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace DeviceTwin.Api.Security;

/// <summary>The tokens of an OpenID Connect issuer: JWTs that are checked here, with the keys that it publishes.</summary>
internal sealed class OpenIdTokens : ITokenReader, IDisposable
{
    // What clocks may differ by.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IssuerLimit = TimeSpan.FromSeconds(10);

    // Keys that the issuer withdraws are gone after this; the shortest that the library takes.
    private static readonly TimeSpan KeysAge = TimeSpan.FromMinutes(5);

    // A token with a key that is not known makes us ask for new ones, at most this often: garbage must not become a flood at the issuer.
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(5);
    private const long LongestDocument = 1024 * 1024;

    // A key of the issuer's is public: with a symmetric algorithm anybody could sign with it.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    // The first that names somebody counts; a client of its own has no user's name.
    private static readonly string[] NameClaims = ["preferred_username", "sub", "client_id"];

    private readonly AuthenticationSettings settings;
    private readonly TimeProvider clock;
    private readonly HttpClient http = new() { Timeout = IssuerLimit, MaxResponseContentBufferSize = LongestDocument };
    private readonly JsonWebTokenHandler handler = new();
    private readonly ConfigurationManager<OpenIdConnectConfiguration> issuer;

    /// <summary>Makes the reader; the issuer is asked with the first token.</summary>
    /// <param name="settings">The issuer, and where its tokens name organizations and roles.</param>
    /// <param name="clock">Our clock.</param>
    public OpenIdTokens(AuthenticationSettings settings, TimeProvider clock)
    {
        this.settings = settings;
        this.clock = clock;
        issuer = new ConfigurationManager<OpenIdConnectConfiguration>(
            settings.Authority!.TrimEnd('/') + "/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            // The rules of the settings have decided where http is allowed.
            new HttpDocumentRetriever(http)
            {
                RequireHttps = settings.Authority.StartsWith("https", StringComparison.Ordinal),
            }
        )
        {
            AutomaticRefreshInterval = KeysAge,
            RefreshInterval = LeastPause,
            // The library would go on taking keys that the issuer has withdrawn.
            UseLastKnownGoodConfiguration = false,
        };
    }

    /// <inheritdoc />
    public async ValueTask<TokenReading> ReadAsync(string token, CancellationToken cancellationToken)
    {
        if (!handler.CanReadToken(token))
        {
            return TokenReading.Refused("the token is no JWT");
        }

        await AskIssuerAsync(cancellationToken);
        var result = await handler.ValidateTokenAsync(token, Demands());
        return result.IsValid
            ? Read((JsonWebToken)result.SecurityToken)
            : TokenReading.Refused(Explain(result.Exception));
    }

    /// <inheritdoc />
    public void Dispose() => http.Dispose();

    // What validation says of an issuer that does not answer cannot be told from what it says of a wrong token.
    private async Task AskIssuerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await issuer.GetConfigurationAsync(cancellationToken);
        }
        catch (InvalidOperationException fault)
        {
            throw new TokensUnavailableException(
                $"The issuer {settings.Authority} cannot be asked for its keys.",
                fault
            );
        }
    }

    private TokenValidationParameters Demands() =>
        new()
        {
            ConfigurationManager = issuer,
            ValidAudience = settings.Audience,
            ValidAlgorithms = Algorithms,
            LifetimeValidator = (notBefore, expires, _, _) => IsNow(notBefore, expires),
        };

    private bool IsNow(DateTime? notBefore, DateTime? expires)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is { } end && now - ClockSkew < end && (notBefore is null || now + ClockSkew >= notBefore);
    }

    private TokenReading Read(JsonWebToken token)
    {
        using var document = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        var claims = document.RootElement;
        if (NameClaims.Select(claim => TextOf(claims, claim)).FirstOrDefault(CallerNames.IsFree) is not { } name)
        {
            return TokenReading.Refused("the token names nobody");
        }

        if (EndOf(token) is not { } end || end <= clock.GetUtcNow())
        {
            return TokenReading.Refused(
                "the token is older than service.auth.oidc.token.age allows, or does not say when it was issued (iat)"
            );
        }

        var roles = ClaimPath.Texts(claims, settings.RolesClaim);
        Role[] held =
        [
            .. Enum.GetValues<Role>().Where(role => roles.Contains(role.ToString(), StringComparer.OrdinalIgnoreCase)),
        ];
        // Somebody without a role, or without organizations, is known and sees nothing.
        var caller =
            held.Length == 0
                ? new Caller(name, Role.Viewer, OrganizationScope.None)
                : new Caller(
                    name,
                    held.Max(),
                    OrganizationScope.Of(ClaimPath.Texts(claims, settings.OrganizationsClaim))
                );
        return new TokenReading(caller, end, null);
    }

    private DateTimeOffset? EndOf(JsonWebToken token)
    {
        var end = new DateTimeOffset(token.ValidTo, TimeSpan.Zero);
        if (settings.TokenAge > TimeSpan.Zero)
        {
            if (!token.TryGetPayloadValue(JwtRegisteredClaimNames.Iat, out long issued))
            {
                return null;
            }

            var oldest = DateTimeOffset.FromUnixTimeSeconds(issued) + settings.TokenAge;
            end = oldest < end ? oldest : end;
        }

        return end + ClockSkew;
    }

    private static string TextOf(JsonElement claims, string claim) =>
        claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private static string Explain(Exception fault) =>
        fault switch
        {
            SecurityTokenInvalidLifetimeException => "the token has expired, or is not valid yet",
            SecurityTokenInvalidAudienceException => "the token is not for this service (aud)",
            SecurityTokenInvalidIssuerException => "the token is another issuer's (iss)",
            SecurityTokenInvalidAlgorithmException => "the token is signed with an algorithm that is not taken",
            SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException =>
                "the token's signature is not the issuer's",
            _ => "the token is not valid",
        };
}
