namespace DeviceTwin.Api.Configuration;

/// <summary>Who authenticates callers, and by what.</summary>
public sealed class AuthenticationSettings
{
    /// <summary>Who authenticates callers.</summary>
    [Setting(
        "service.auth.provider",
        "Who authenticates callers: `disabled` (nobody), `token` (tokens of your own) or `oidc` (an OpenID Connect issuer)."
    )]
    public AuthenticationProvider Provider { get; set; } = AuthenticationProvider.Disabled;

    /// <summary>The issuer's URL.</summary>
    [Setting("service.auth.oidc.authority", "The OpenID Connect issuer's URL (Keycloak: with its realm).")]
    public string? Authority { get; set; }

    /// <summary>What a token's audience has to be.</summary>
    [Setting("service.auth.oidc.audience", "The audience (`aud`) that the issuer's tokens for this service name.")]
    public string? Audience { get; set; }

    /// <summary>As whom the dashboard signs people in at the issuer.</summary>
    [Setting(
        "service.auth.oidc.client",
        "The issuer's public client (PKCE) with which the dashboard signs people in; without it the dashboard asks for a token."
    )]
    public string? Client { get; set; }

    /// <summary>Where a token names its organizations.</summary>
    [Setting(
        "service.auth.oidc.organizations.claim",
        "The claim that names a token's organizations, `*` for all; dots step into a claim."
    )]
    public string OrganizationsClaim { get; set; } = "organizations";

    /// <summary>Where a token names its roles.</summary>
    [Setting(
        "service.auth.oidc.roles.claim",
        "The claim that names a token's roles, such as `realm_access.roles`; the highest counts."
    )]
    public string RolesClaim { get; set; } = "roles";

    /// <summary>How long after its issue a token is taken at most; zero for until its end.</summary>
    [Setting(
        "service.auth.oidc.token.age",
        "Maximum age of a token since its issue (`iat`), however long it is valid: rights that are taken away at the issuer end within this time. 0: until the token expires."
    )]
    public TimeSpan TokenAge { get; set; } = TimeSpan.Zero;

    /// <summary>Tokens of our own.</summary>
    [Setting(
        "service.auth.tokens",
        "Client tokens, each with `name`, `hash`, `organizations`, `role` (`token create` prints one): a list in YAML, JSON elsewhere. Changes take effect without a restart.",
        Secret = true
    )]
    public IReadOnlyList<ClientToken> Tokens { get; set; } = [];
}

/// <summary>Who authenticates callers.</summary>
public enum AuthenticationProvider
{
    /// <summary>Nobody: every caller may do everything; loopback only.</summary>
    Disabled,

    /// <summary>Tokens whose hashes stand in the configuration.</summary>
    Token,

    /// <summary>An OpenID Connect issuer.</summary>
    Oidc,
}
