using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace DeviceTwin.Api.Configuration;

/// <summary>What must hold between keys, and what a type alone does not say.</summary>
/// <param name="settings">The settings to check.</param>
/// <param name="origins">Where each key that is not a default stands.</param>
internal sealed class SettingsRules(Settings settings, IReadOnlyDictionary<string, string> origins)
{
    /// <summary>Checks every rule.</summary>
    /// <exception cref="SettingsException">The first that does not hold.</exception>
    public void Check()
    {
        CheckBind();
        CheckAuthentication();
        CheckDatabase();
        CheckBroker();
        CheckTopic("mqtt.topic.health", settings.Mqtt.HealthTopic);
        CheckTopic("mqtt.topic.pub", settings.Mqtt.AnswerTopic);
        if (settings.Mqtt.HealthTopic == settings.Mqtt.AnswerTopic)
        {
            Fail(Given("mqtt.topic.pub", "mqtt.topic.health"), "heartbeats and answers need topic filters that differ");
        }
        if (settings.GraphQL.PageDefault > settings.GraphQL.PageLimit)
        {
            Fail(
                Given("graphql.page.default", "graphql.page.limit"),
                "graphql.page.default must not be larger than graphql.page.limit"
            );
        }
        foreach (var (key, problem) in HttpRules.Problems(settings))
        {
            Fail(key, problem);
        }
    }

    private void CheckBind()
    {
        var service = settings.Service;
        CheckAddress("service.bind", service.Bind);
        var open = settings.Authentication.Provider == AuthenticationProvider.Disabled && !service.Insecure;
        if (open && !IPAddress.IsLoopback(service.Address))
        {
            Fail(
                "service.bind",
                $"{service.Bind} is beyond loopback while service.auth.provider is disabled, so that anybody could steer devices: "
                    + "bind to 127.0.0.1, name a provider, or allow it with service.insecure: true"
            );
        }
    }

    private void CheckAuthentication()
    {
        var authentication = settings.Authentication;
        switch (authentication.Provider)
        {
            case AuthenticationProvider.Oidc when authentication.Authority is null || authentication.Audience is null:
                Fail(
                    "service.auth.provider",
                    "oidc needs service.auth.oidc.authority, the issuer's URL, and service.auth.oidc.audience, what its tokens are for"
                );
                break;
            case AuthenticationProvider.Token when authentication.Tokens.Count == 0:
                Fail(
                    "service.auth.provider",
                    "token needs service.auth.tokens: make one with token create --name … --organizations … --role …"
                );
                break;
            case AuthenticationProvider.Disabled when authentication.Tokens.Count > 0:
                Fail(
                    "service.auth.tokens",
                    "nobody asks for tokens while service.auth.provider is disabled: set it to token"
                );
                break;
        }
        if (authentication.Authority is { } authority)
        {
            CheckAuthority(authority);
        }
    }

    private void CheckAuthority(string authority)
    {
        if (!Uri.TryCreate(authority, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
        {
            Fail(
                "service.auth.oidc.authority",
                "must be the issuer's URL, such as https://login.example.org/realms/fleet"
            );
        }
        if (uri.Scheme == "http" && !uri.IsLoopback && !settings.Service.Insecure)
        {
            Fail(
                "service.auth.oidc.authority",
                "must be https: whoever stands between could make keys of their own (service.insecure: true allows it)"
            );
        }
    }

    private void CheckAddress(string key, string address)
    {
        if (!BindAddress.IsValid(address))
        {
            Fail(key, "must be localhost or an IP address; 0.0.0.0 listens on every IPv4 address, :: on all");
        }
    }

    private void CheckEmbeddedBroker()
    {
        var mqtt = settings.Mqtt;
        CheckAddress("mqtt.embedded.bind", mqtt.EmbeddedBind);
        var open = mqtt.IsEmbedded && !mqtt.EmbeddedTls && !settings.Service.Insecure;
        if (open && !IPAddress.IsLoopback(BindAddress.Parse(mqtt.EmbeddedBind)))
        {
            Fail(
                "mqtt.embedded.bind",
                $"{mqtt.EmbeddedBind} is beyond loopback while mqtt.embedded.tls is off, so that anybody could speak for every device: "
                    + "turn it on (`certs init` makes what it needs), or allow it with service.insecure: true"
            );
        }
    }

    private void CheckDatabase()
    {
        var isDefault = settings.Database.Source == DatabaseSettings.DefaultSource;
        if (settings.Database.Driver == DatabaseDriver.Postgres && isDefault)
        {
            Fail(
                "database.driver",
                "postgres needs database.source, such as Host=localhost;Username=twin;Database=twin"
            );
        }
        if (settings.Database.Driver == DatabaseDriver.Memory && !isDefault)
        {
            Fail(
                "database.source",
                "the memory driver, which --demo chooses, has none: leave it out, or name another database.driver"
            );
        }
    }

    private void CheckBroker()
    {
        var mqtt = settings.Mqtt;
        CheckEmbeddedBroker();
        if (!mqtt.IsEmbedded)
        {
            CheckHost(mqtt.Url);
            if (mqtt.EffectivePort == 0)
            {
                Fail(
                    "mqtt.port",
                    "0 lets the system choose, which only the embedded broker can; name the broker's port"
                );
            }
        }
        else if (mqtt.Tls == true)
        {
            Fail("mqtt.tls", "is for a broker that mqtt.url names; the embedded one has mqtt.embedded.tls");
        }
        else if (mqtt.SharedGroup is not null)
        {
            Fail(
                "mqtt.shared.group",
                "the embedded broker has no shared subscriptions: leave it out, or name a broker with mqtt.url"
            );
        }
        if (mqtt.SharedGroup?.AsSpan().ContainsAny('/', '+', '#') == true)
        {
            Fail("mqtt.shared.group", "must not contain /, + or #");
        }
    }

    private void CheckHost(string url)
    {
        if (url.Contains("://", StringComparison.Ordinal))
        {
            // Only host and port are shown: the rest may hold a password.
            var host =
                Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0
                    ? uri.Host
                    : "broker.example.org";
            var port = uri is { Port: > 0 } ? $", mqtt.port: {uri.Port}" : "";
            var tls = uri?.Scheme is "mqtt" or "tcp" or "ws" or "http" ? ", mqtt.tls: false" : "";
            Fail("mqtt.url", $"is a host, not a URL: write mqtt.url: {host}{port}{tls}");
        }
        if (Uri.CheckHostName(url) == UriHostNameType.Unknown)
        {
            var colon = Math.Max(url.IndexOf(':', StringComparison.Ordinal), 0);
            Fail(
                "mqtt.url",
                Uri.CheckHostName(url[..colon]) != UriHostNameType.Unknown
                && ushort.TryParse(url[(colon + 1)..], out var port)
                    ? $"is a host without a port: write mqtt.url: {url[..colon]}, mqtt.port: {port}"
                    : "must be embedded, a host name or an IP address"
            );
        }
    }

    private void CheckTopic(string key, string filter)
    {
        var levels = filter.Split('/');
        if (levels.Count(level => level == "+") != 1 || filter.Count(c => c is '+' or '#') != 1)
        {
            Fail(
                key,
                "must have one + as a level of its own, where the device id stands, and no #; such as devices/health/+"
            );
        }
        if (filter.StartsWith('$'))
        {
            Fail(key, "must not begin with $; for a shared subscription set mqtt.shared.group");
        }
    }

    /// <summary>The key of two that was given, and so can be mended where it stands.</summary>
    private string Given(string first, string second) => origins.ContainsKey(first) ? first : second;

    [DoesNotReturn]
    private void Fail(string key, string problem) => throw new SettingsException(origins[key], $"{key}: {problem}");
}
