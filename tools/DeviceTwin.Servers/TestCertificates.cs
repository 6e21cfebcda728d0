using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeviceTwin.Servers;

/// <summary>
/// A certificate authority of a test's own, with a broker's and a client's certificate, as PEM files in a folder that goes
/// when this is disposed.
/// </summary>
public sealed class TestCertificates : IDisposable
{
    /// <summary>The name of the authority's file in <see cref="Folder"/>.</summary>
    public const string AuthorityFile = "ca.crt";

    /// <summary>The name of the client certificate's file in <see cref="Folder"/>.</summary>
    public const string ClientFile = "client.crt";

    /// <summary>The name of the client key's file in <see cref="Folder"/>.</summary>
    public const string ClientKeyFile = "client.key";

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-certificates-");
    private readonly DateTimeOffset from;
    private readonly DateTimeOffset until;

    /// <summary>Makes the authority and both certificates.</summary>
    /// <param name="brokerName">The host that the broker's certificate names; without one, localhost and 127.0.0.1.</param>
    /// <param name="validFor">How long they are valid from yesterday on; without it, ten years. Less than a day: expired.</param>
    public TestCertificates(string? brokerName = null, TimeSpan? validFor = null)
    {
        from = TimeProvider.System.GetUtcNow().AddDays(-1);
        until = from + (validFor ?? TimeSpan.FromDays(3650));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Device Twin test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = request.CreateSelfSigned(from, until);
        Write(AuthorityFile, authority.ExportCertificatePem());

        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(brokerName ?? "localhost");
        if (brokerName is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        Issue(authority, "CN=broker", ServerAuthentication, "broker", names.Build());
        Issue(authority, "CN=service", ClientAuthentication, "client", extension: null);
    }

    /// <summary>Where the files are.</summary>
    public string Folder => folder.FullName;

    /// <summary>The authority's certificate.</summary>
    public string Authority => PathOf(AuthorityFile);

    /// <summary>The broker's certificate.</summary>
    public string Broker => PathOf("broker.crt");

    /// <summary>The broker's key.</summary>
    public string BrokerKey => PathOf("broker.key");

    /// <summary>The client's certificate.</summary>
    public string Client => PathOf(ClientFile);

    /// <summary>The client's key.</summary>
    public string ClientKey => PathOf(ClientKeyFile);

    /// <inheritdoc />
    public void Dispose() => folder.Delete(recursive: true);

    private string PathOf(string file) => Path.Combine(Folder, file);

    private void Write(string file, string pem) => File.WriteAllText(PathOf(file), pem + "\n");

    private void Issue(X509Certificate2 authority, string subject, string usage, string file, X509Extension? extension)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (extension is not null)
        {
            request.CertificateExtensions.Add(extension);
        }

        using var certificate = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(16));
        Write($"{file}.crt", certificate.ExportCertificatePem());
        Write($"{file}.key", key.ExportPkcs8PrivateKeyPem());
    }
}
