using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt.Certificates;

namespace DeviceTwin.Api.Commands;

/// <summary>
/// <c>certs</c>: makes the certificates of a first set-up in <c>service.certificates.path</c>, under the names that the settings read.
/// </summary>
internal sealed class CertificatesCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "certs";

    /// <summary>How it is written.</summary>
    public const string Usage =
        $"{Name} init <broker's host> … | broker <host> … | service [<name>] | device <id> … [--key=value …]";

    /// <summary>What it does.</summary>
    public const string Meaning =
        "Makes certificates for mutual TLS in service.certificates.path: `init` an authority, the broker's and the service's; the others one kind each.";

    /// <summary>The service's common name, to which the broker's access rules give the service's rights.</summary>
    public const string ServiceName = "devicetwin";

    private const int AuthorityDays = 3650;

    // The longest that clients of every kind accept.
    private const int Days = 825;

    private readonly MqttSettings mqtt;
    private readonly CertificateFiles files;
    private readonly TextWriter output;
    private readonly DateTimeOffset now;

    /// <summary>Makes the command.</summary>
    /// <param name="settings">Name folder and files.</param>
    /// <param name="output">Takes a line for each certificate.</param>
    /// <param name="clock">Gives the instant from which certificates hold.</param>
    public CertificatesCommand(Settings settings, TextWriter output, TimeProvider clock)
    {
        mqtt = settings.Mqtt;
        files = new CertificateFiles(settings.Service.CertificatesPath);
        this.output = output;
        now = clock.GetUtcNow();
    }

    // Clocks of devices are often late.
    private DateTimeOffset From => now.AddDays(-1);

    private string AuthorityKeyFile => Path.ChangeExtension(mqtt.RootCertificateFile, ".key");

    /// <summary>Runs the command as it stands on the command line.</summary>
    /// <param name="arguments">What follows the command's name: first its own words, then options.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        string[] words = [.. arguments.TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal))];
        if (SettingsStart.Read(arguments[words.Length..], out var exitCode) is not { } loaded)
        {
            return exitCode;
        }

        try
        {
            if (new CertificatesCommand(loaded.Settings, Console.Out, TimeProvider.System).TryRun(words))
            {
                return 0;
            }

            Console.Error.WriteLine($"Usage: {Usage}");
            return SettingsStart.WrongSettings;
        }
        catch (SetupException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return ServiceHost.CannotStart;
        }
    }

    /// <summary>Runs the command; false where its words make no sense.</summary>
    /// <param name="words">The command's own words.</param>
    /// <exception cref="SetupException">A file is there already, missing, or cannot be written; or a name cannot be used.</exception>
    public bool TryRun(string[] words)
    {
        switch (words)
        {
            case ["init", _, ..]:
                Initialize(words[1..]);
                return true;
            case ["broker", _, ..]:
                Issue(CertificateNames.OfBroker(words[1..]), mqtt.EmbeddedCertificateFile, mqtt.EmbeddedKeyFile);
                return true;
            case ["service"]:
                Issue(ServiceName, mqtt.ClientCertificateFile, mqtt.ClientKeyFile);
                return true;
            case ["service", var replica]:
                Issue([replica]);
                return true;
            case ["device", _, ..]:
                Issue(words[1..], refused: ServiceName);
                return true;
            default:
                return false;
        }
    }

    private void Initialize(string[] hosts)
    {
        var names = CertificateNames.OfBroker(hosts);
        files.RequireNew(
            mqtt.RootCertificateFile,
            AuthorityKeyFile,
            mqtt.EmbeddedCertificateFile,
            mqtt.EmbeddedKeyFile,
            mqtt.ClientCertificateFile,
            mqtt.ClientKeyFile
        );
        using (var authority = CertificateAuthority.Create("Device Twin authority", (From, now.AddDays(AuthorityDays))))
        {
            Keep(authority.Certificate, mqtt.RootCertificateFile, AuthorityKeyFile);
        }

        Issue(names, mqtt.EmbeddedCertificateFile, mqtt.EmbeddedKeyFile);
        Issue(ServiceName, mqtt.ClientCertificateFile, mqtt.ClientKeyFile);
        output.WriteLine($"Guard {files.PathOf(AuthorityKeyFile)}: whoever has it can be any device.");
    }

    private void Issue(string[] hosts, string certificateFile, string keyFile)
    {
        using var authority = OpenAuthority();
        using var certificate = authority.IssueToServer(hosts, Period(authority));
        Keep(certificate, certificateFile, keyFile);
    }

    private void Issue(string name, string certificateFile, string keyFile)
    {
        using var authority = OpenAuthority();
        using var certificate = authority.IssueToClient(name, Period(authority));
        Keep(certificate, certificateFile, keyFile);
    }

    // All are looked at first: a wrong one among many leaves nothing half done.
    private void Issue(string[] names, string? refused = null)
    {
        foreach (var name in names)
        {
            CertificateNames.CheckClient(name, refused);
        }

        files.RequireNew(names.SelectMany(name => new[] { $"{name}.crt", $"{name}.key" }));
        using var authority = OpenAuthority();
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            using var certificate = authority.IssueToClient(name, Period(authority));
            Keep(certificate, $"{name}.crt", $"{name}.key");
        }
    }

    private void Keep(X509Certificate2 certificate, string certificateFile, string keyFile)
    {
        files.Write(certificate, certificateFile, keyFile);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{files.PathOf(certificateFile)}, {keyFile}: {certificate.Subject}, until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}"
            )
        );
    }

    private CertificateAuthority OpenAuthority()
    {
        var authority = files.ReadAuthority(mqtt.RootCertificateFile, AuthorityKeyFile);
        if (authority.Certificate.NotAfter.ToUniversalTime() > now.UtcDateTime)
        {
            return authority;
        }

        authority.Dispose();
        throw new SetupException(
            $"{files.PathOf(mqtt.RootCertificateFile)} has expired: move it and its key away, and `{Name} init` anew."
        );
    }

    // No certificate holds before its authority's, or longer.
    private (DateTimeOffset From, DateTimeOffset Until) Period(CertificateAuthority authority)
    {
        var begin = new DateTimeOffset(authority.Certificate.NotBefore.ToUniversalTime());
        var end = new DateTimeOffset(authority.Certificate.NotAfter.ToUniversalTime());
        return (From > begin ? From : begin, now.AddDays(Days) < end ? now.AddDays(Days) : end);
    }
}
