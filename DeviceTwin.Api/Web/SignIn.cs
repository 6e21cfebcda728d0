using System.Text.Json.Serialization;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Web;

/// <summary>How people sign in to the dashboard; nothing in it is a secret.</summary>
/// <param name="Provider">Who authenticates them.</param>
/// <param name="Authority">The OpenID Connect issuer; null where there is none.</param>
/// <param name="Client">The issuer's public client; null where tokens are pasted.</param>
internal sealed record SignIn(AuthenticationProvider Provider, string? Authority, string? Client)
{
    /// <summary>What the settings say.</summary>
    public static SignIn By(AuthenticationSettings settings) =>
        settings.Provider == AuthenticationProvider.Oidc
            ? new SignIn(settings.Provider, settings.Authority, settings.Client)
            : new SignIn(settings.Provider, null, null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SignIn))]
internal sealed partial class SignInJson : JsonSerializerContext;
