using System.Net;

namespace DeviceTwin.Api.Configuration;

/// <summary>Who may come through the HTTP door, how often, and how.</summary>
public sealed class HttpSettings
{
    /// <summary>How many requests an address may send in <see cref="RatePeriod"/>; 0 for any number.</summary>
    [Setting(
        "service.rate.address",
        "Maximum requests of one address in `service.rate.period`, those on WebSockets included (429); 0: any number.",
        Minimum = 0
    )]
    public int RateOfAddress { get; set; } = 5_000;

    /// <summary>How many requests a caller may send in <see cref="RatePeriod"/>; 0 for any number.</summary>
    [Setting(
        "service.rate.caller",
        "The same for one authenticated caller, from all addresses; 0: any number.",
        Minimum = 0
    )]
    public int RateOfCaller { get; set; } = 2_000;

    /// <summary>The time in which the numbers above are given back, evenly.</summary>
    [Setting(
        "service.rate.period",
        "The period of `service.rate.address` and `service.rate.caller`; they are refilled evenly.",
        Minimum = 1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan RatePeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many connections may be open.</summary>
    [Setting("service.connections", "Maximum open connections; more are closed at once.", Minimum = 1)]
    public int Connections { get; set; } = 20_000;

    /// <summary>How many connections one address may have open.</summary>
    [Setting(
        "service.connections.address",
        "Maximum open connections of one address; addresses in `service.proxies` are not counted.",
        Minimum = 1
    )]
    public int ConnectionsOfAddress { get; set; } = 1_000;

    /// <summary>How large a request's line and headers may be together, in bytes.</summary>
    [Setting("service.header.limit", "Maximum size of a request's headers together, in bytes (431).", Minimum = 1024)]
    public int HeaderLimit { get; set; } = 16 * 1024;

    /// <summary>How long a client may take for its headers.</summary>
    [Setting(
        "service.header.timeout",
        "Maximum time for a client to send a request's headers (408), and for the TLS handshake.",
        Minimum = 0.1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The least speed of a body or an answer, in bytes a second; 0 for none.</summary>
    [Setting(
        "service.slowest",
        "Minimum transfer rate of a client, in bytes a second of a request's or response's body, measured after 5 s; 0: any.",
        Minimum = 0
    )]
    public int Slowest { get; set; } = 240;

    /// <summary>The proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed; null for none.</summary>
    [Setting(
        "service.proxies",
        "Trusted proxies, whose `X-Forwarded-For`, `-Proto` and `-Host` are used: addresses or networks (`10.0.0.0/8`), separated by commas."
    )]
    public string? Proxies { get; set; }

    /// <summary>The host names that the service answers to; null for the default.</summary>
    [Setting(
        "service.hosts",
        "Host names that the service serves, separated by commas (421 for others).",
        Default = "any; without authentication on loopback `localhost` and IP addresses"
    )]
    public string? Hosts { get; set; }

    /// <summary>The origins whose pages may use the service from a browser; null for none but its own.</summary>
    [Setting(
        "service.cors.origins",
        "Origins whose pages may use the service, WebSockets included: `https://fleet.example.org`, separated by commas.",
        Default = "its own"
    )]
    public string? CorsOrigins { get; set; }

    /// <summary>The certificate for HTTPS; null for plain HTTP.</summary>
    [Setting(
        "service.tls.certificate",
        "Certificate chain for HTTPS, a PEM file. A new one is used without a restart.",
        Default = "none: plain HTTP"
    )]
    public string? Certificate { get; set; }

    /// <summary>The certificate's key.</summary>
    [Setting("service.tls.key", "Key of the certificate for HTTPS, a PEM file without passphrase.")]
    public string? CertificateKey { get; set; }

    /// <summary>Whether the door is HTTPS.</summary>
    public bool IsHttps => Certificate is not null;

    internal IReadOnlyList<IPNetwork> ProxyNetworks =>
        [.. Listed(Proxies).Select(text => NetworkOf(text)).OfType<IPNetwork>()];

    /// <summary>The entries of a value that lists some.</summary>
    /// <param name="text">The value; null for none.</param>
    internal static string[] Listed(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A network, an address being a network of one; null where it is neither.</summary>
    /// <param name="text">The text.</param>
    internal static IPNetwork? NetworkOf(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
