using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Mqtt;

/// <summary>The certificates of one side of mutual TLS, read from PEM files. Each fault names the file and what is wrong with it.</summary>
/// <param name="Authorities">Who may have issued the other side's certificate.</param>
/// <param name="AuthorityFile">Where they were read from.</param>
/// <param name="Own">Our own certificate, with its key.</param>
internal sealed record BrokerCertificates(
    X509Certificate2Collection Authorities,
    string AuthorityFile,
    X509Certificate2 Own
)
{
    /// <summary>Reads what the service shows to a broker, and whom it trusts there.</summary>
    /// <param name="settings">Name folder and files.</param>
    /// <param name="now">What certificates must be valid at (UTC).</param>
    /// <exception cref="SetupException">A file is missing, not what it should be, expired, or does not fit.</exception>
    public static BrokerCertificates LoadForClient(Settings settings, DateTime now) =>
        Load(
            settings,
            (settings.Mqtt.ClientCertificateFile, "mqtt.client.certificate.filename"),
            (settings.Mqtt.ClientKeyFile, "mqtt.client.key.filename"),
            "`mqtt.tls: false` connects without TLS",
            now
        );

    /// <summary>Reads what the embedded broker shows to devices, and whom it trusts.</summary>
    /// <param name="settings">Name folder and files.</param>
    /// <param name="now">What certificates must be valid at (UTC).</param>
    /// <exception cref="SetupException">A file is missing, not what it should be, expired, or does not fit.</exception>
    public static BrokerCertificates LoadForEmbedded(Settings settings, DateTime now) =>
        Load(
            settings,
            (settings.Mqtt.EmbeddedCertificateFile, "mqtt.embedded.certificate.filename"),
            (settings.Mqtt.EmbeddedKeyFile, "mqtt.embedded.key.filename"),
            "`certs init` makes what is needed",
            now
        );

    private static BrokerCertificates Load(
        Settings settings,
        (string Name, string Key) certificate,
        (string Name, string Key) key,
        string remedy,
        DateTime now
    )
    {
        var folder = settings.Service.CertificatesPath;
        var authorityFile = Path.Combine(folder, settings.Mqtt.RootCertificateFile);
        var certificateFile = Path.Combine(folder, certificate.Name);
        var keyFile = Path.Combine(folder, key.Name);

        var authorities = PemFile.Certificates(authorityFile, Read(authorityFile, "mqtt.root.ca.filename"));
        if (authorities.All(authority => !IsValid(authority, now)))
        {
            CheckPeriod(authorities[0], authorityFile, now);
        }

        var pem = Read(certificateFile, certificate.Key);
        var keyPem = Read(keyFile, key.Key);
        CheckPeriod(PemFile.Certificates(certificateFile, pem)[0], certificateFile, now);
#pragma warning disable CA2000 // The record keeps it for as long as the process runs.
        var own = PemFile.WithKey(certificateFile, pem, keyFile, keyPem);
#pragma warning restore CA2000
        return new BrokerCertificates(authorities, authorityFile, own);

        string Read(string file, string setting) =>
            PemFile.Read(file, $"{setting}, in service.certificates.path", remedy);
    }

    private static bool IsValid(X509Certificate2 certificate, DateTime now) =>
        certificate.NotBefore.ToUniversalTime() <= now && now < certificate.NotAfter.ToUniversalTime();

    private static void CheckPeriod(X509Certificate2 certificate, string file, DateTime now)
    {
        if (!IsValid(certificate, now))
        {
            var word = certificate.NotAfter.ToUniversalTime() <= now ? "expired" : "not valid yet";
            throw new SetupException(
                $"{file} is {word}: {certificate.Subject} holds from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}."
            );
        }
    }
}
