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
        if (
            !service.BindsLocalhost
            && (service.Bind.Contains('[', StringComparison.Ordinal) || !IPAddress.TryParse(service.Bind, out _))
        )
        {
            // A web server takes any other name for "everywhere".
            Fail(
                "service.bind",
                "must be localhost or an IP address; 0.0.0.0 listens on every IPv4 address, :: on all"
            );
        }
        var open = service.AuthenticationProvider == AuthenticationProvider.Disabled && !service.Insecure;
        if (open && !IPAddress.IsLoopback(service.Address))
        {
            Fail(
                "service.bind",
                $"{service.Bind} is beyond loopback while service.auth.provider is disabled, so that anybody could steer devices: "
                    + "bind to 127.0.0.1, or allow it with service.insecure: true"
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
            Fail("mqtt.tls", "the embedded broker has no TLS: leave it out, or name a broker with mqtt.url");
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
