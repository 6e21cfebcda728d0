using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Security;

/// <summary>Puts together who recognises callers.</summary>
public static class SecurityRegistration
{
    /// <summary>Adds the provider that the settings name, and what the doors ask.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="settings">Who authenticates callers.</param>
    public static IServiceCollection AddSecurity(this IServiceCollection services, AuthenticationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton(settings).AddSingleton<DenialLog>().AddSingleton<Authenticator>();
        return settings.Provider switch
        {
            AuthenticationProvider.Disabled => services,
            AuthenticationProvider.Token => services
                .AddSingleton<ClientTokens>()
                .AddSingleton<ITokenReader>(provider => provider.GetRequiredService<ClientTokens>())
                .AddHostedService<ClientTokenReload>(),
            AuthenticationProvider.Oidc => services.AddSingleton<ITokenReader, OpenIdTokens>(),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Provider, "Unknown provider."),
        };
    }
}
