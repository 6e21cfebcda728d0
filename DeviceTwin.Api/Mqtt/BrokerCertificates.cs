using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt.Certificates;

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
    /// <exception cref="MqttSetupException">A file is missing, not what it should be, expired, or does not fit.</exception>
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
    /// <exception cref="MqttSetupException">A file is missing, not what it should be, expired, or does not fit.</exception>
    public static BrokerCertificates LoadForEmbedded(Settings settings, DateTime now) =>
        Load(
            settings,
            (settings.Mqtt.EmbeddedCertificateFile, "mqtt.embedded.certificate.filename"),
            (settings.Mqtt.EmbeddedKeyFile, "mqtt.embedded.key.filename"),
            $"`{CertificatesCommand.Name} init` makes what is needed",
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

        var authorities = ReadAuthorities(authorityFile, remedy, now);
        var certificatePem = Read(certificateFile, certificate.Key, remedy);
        var keyPem = Read(keyFile, key.Key, remedy);
#pragma warning disable CA2000 // The record keeps it for as long as the process runs.
        var own = Combine(certificateFile, certificatePem, keyFile, keyPem, now);
#pragma warning restore CA2000
        return new BrokerCertificates(authorities, authorityFile, own);
    }

    private static X509Certificate2Collection ReadAuthorities(string file, string remedy, DateTime now)
    {
        var authorities = new X509Certificate2Collection();
        var pem = Read(file, "mqtt.root.ca.filename", remedy);
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException broken)
        {
            throw new MqttSetupException($"{file} holds a certificate that cannot be read: {OneLine(broken)}", broken);
        }

        if (authorities.Count == 0)
        {
            throw new MqttSetupException($"{file} is not a PEM file with a certificate (-----BEGIN CERTIFICATE-----).");
        }

        if (authorities.All(authority => !IsValid(authority, now)))
        {
            CheckPeriod(authorities[0], file, now);
        }

        return authorities;
    }

    private static X509Certificate2 Combine(
        string certificateFile,
        string certificatePem,
        string keyFile,
        string keyPem,
        DateTime now
    )
    {
        using var bare = ReadCertificate(certificateFile, certificatePem);
        CheckPeriod(bare, certificateFile, now);
        if (keyPem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new MqttSetupException(
                $"{keyFile} is encrypted: a service cannot be asked for its passphrase. `openssl pkey -in … -out …` takes it away."
            );
        }

        if (!keyPem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new MqttSetupException(
                $"{keyFile} is not a PEM file with a private key (-----BEGIN … PRIVATE KEY-----)."
            );
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);

            // Windows' TLS cannot use a key that lives in memory only.
            return OperatingSystem.IsWindows()
                ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null)
                : certificate;
        }
        catch (Exception unfit) when (unfit is CryptographicException or ArgumentException)
        {
            throw new MqttSetupException(
                $"{keyFile} cannot be used as the key of {certificateFile}: {OneLine(unfit)}",
                unfit
            );
        }
    }

    private static X509Certificate2 ReadCertificate(string file, string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException broken)
        {
            throw new MqttSetupException(
                $"{file} is not a PEM file with a certificate (-----BEGIN CERTIFICATE-----): {OneLine(broken)}",
                broken
            );
        }
    }

    private static string Read(string file, string key, string remedy)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MqttSetupException(
                $"{file} is missing ({key}, in service.certificates.path); {remedy}.",
                missing
            );
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new MqttSetupException($"{file} cannot be read ({key}): {OneLine(unreadable)}", unreadable);
        }
    }

    private static bool IsValid(X509Certificate2 certificate, DateTime now) =>
        certificate.NotBefore.ToUniversalTime() <= now && now < certificate.NotAfter.ToUniversalTime();

    private static void CheckPeriod(X509Certificate2 certificate, string file, DateTime now)
    {
        if (!IsValid(certificate, now))
        {
            var word = certificate.NotAfter.ToUniversalTime() <= now ? "expired" : "not valid yet";
            throw new MqttSetupException(
                $"{file} is {word}: {certificate.Subject} holds from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}."
            );
        }
    }

    private static string OneLine(Exception exception) => exception.Message.ReplaceLineEndings(" ");
}
