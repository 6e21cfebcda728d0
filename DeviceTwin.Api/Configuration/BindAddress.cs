using System.Net;

namespace DeviceTwin.Api.Configuration;

/// <summary>An address to listen on, as settings write it: an IP address or <c>localhost</c>.</summary>
internal static class BindAddress
{
    private const string Localhost = "localhost";

    /// <summary>Whether the text is one. Servers take any other name for "everywhere".</summary>
    public static bool IsValid(string text) =>
        IsLocalhost(text) || (!text.Contains('[', StringComparison.Ordinal) && IPAddress.TryParse(text, out _));

    /// <summary>The address; <c>localhost</c> is 127.0.0.1, so that a port that the system chooses works for it, too.</summary>
    public static IPAddress Parse(string text) => IsLocalhost(text) ? IPAddress.Loopback : IPAddress.Parse(text);

    /// <summary>The address at which this machine reaches what listens there: "every address" is none to connect to.</summary>
    public static IPAddress Reachable(IPAddress bound) =>
        bound.Equals(IPAddress.Any) ? IPAddress.Loopback
        : bound.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
        : bound;

    private static bool IsLocalhost(string text) => text.Equals(Localhost, StringComparison.OrdinalIgnoreCase);
}
