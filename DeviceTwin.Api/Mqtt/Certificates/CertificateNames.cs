using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt.Messages;

namespace DeviceTwin.Api.Mqtt.Certificates;

/// <summary>Whom certificates may be made for.</summary>
internal static class CertificateNames
{
    // RFC 5280's upper bound of a common name.
    private const int Longest = 64;

    private static readonly string[] ThisMachine = ["localhost", "127.0.0.1", "::1"];

    /// <summary>The names and addresses of a broker, this machine's added.</summary>
    /// <param name="hosts">Those that clients connect to.</param>
    /// <exception cref="SetupException">One is no host.</exception>
    public static string[] OfBroker(string[] hosts)
    {
        if (hosts.FirstOrDefault(host => Uri.CheckHostName(host) == UriHostNameType.Unknown) is { } wrong)
        {
            throw new SetupException(
                $"{SettingText.Quote(SettingText.OneLine(wrong))} is no host: give the names or addresses that devices connect to, such as mqtt.example.org."
            );
        }

        return [.. hosts, .. ThisMachine];
    }

    /// <summary>Makes sure that a name can be a client's common name, and its files'.</summary>
    /// <param name="name">The name: a device's id, or a replica's.</param>
    /// <param name="refused">A name that this client must not have; null where there is none.</param>
    /// <exception cref="SetupException">It cannot.</exception>
    public static void CheckClient(string name, string? refused)
    {
        var shown = SettingText.Quote(SettingText.OneLine(name));
        try
        {
            Identifier.CheckedDevice(name, shown);
        }
        catch (MalformedMessageException malformed)
        {
            throw new SetupException($"No certificate can be made: {malformed.Message}.", malformed);
        }

        if (name.Length > Longest || name.AsSpan().ContainsAny(Path.GetInvalidFileNameChars()))
        {
            throw new SetupException(
                $"{shown} must have at most {Longest} characters, and none that a file's name cannot have: it is the certificate's common name and names its files."
            );
        }

        if (name == refused)
        {
            throw new SetupException(
                $"{name} is the service's own name: with it a device would have the service's rights."
            );
        }
    }
}
