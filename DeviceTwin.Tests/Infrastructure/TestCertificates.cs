using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Mqtt.Certificates;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>
/// A certificate authority of a test's own, with a broker's and a client's certificate, as PEM files in a folder that goes
/// when this is disposed. They are issued by what <c>certs</c> issues with, for a time and a host of the test's choice.
/// </summary>
public sealed class TestCertificates : IDisposable
{
    /// <summary>The name of the authority's file in <see cref="Folder"/>.</summary>
    public const string AuthorityFile = "ca.crt";

    /// <summary>The name of the client certificate's file in <see cref="Folder"/>.</summary>
    public const string ClientFile = "client.crt";

    /// <summary>The name of the client key's file in <see cref="Folder"/>.</summary>
    public const string ClientKeyFile = "client.key";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-certificates-");
    private readonly (DateTimeOffset From, DateTimeOffset Until) period;
    private readonly CertificateFiles files;
    private readonly CertificateAuthority authority;

    /// <summary>Makes the authority and both certificates.</summary>
    /// <param name="brokerName">The host that the broker's certificate names; without one, localhost and 127.0.0.1.</param>
    /// <param name="validFor">How long they are valid from yesterday on; without it, ten years. Less than a day: expired.</param>
    public TestCertificates(string? brokerName = null, TimeSpan? validFor = null)
    {
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        period = (from, from + (validFor ?? TimeSpan.FromDays(3650)));
        files = new CertificateFiles(Folder);
        authority = CertificateAuthority.Create("Device Twin test authority", period);
        files.Write(authority.Certificate, AuthorityFile, "ca.key");
        using var broker = authority.IssueToServer(
            brokerName is null ? ["localhost", "127.0.0.1"] : [brokerName],
            period
        );
        files.Write(broker, "broker.crt", "broker.key");
        Issue("service", "client").Dispose();
    }

    /// <summary>Where the files are.</summary>
    public string Folder => folder.FullName;

    /// <summary>The authority's certificate.</summary>
    public string Authority => files.PathOf(AuthorityFile);

    /// <summary>The broker's certificate.</summary>
    public string Broker => files.PathOf("broker.crt");

    /// <summary>The broker's key.</summary>
    public string BrokerKey => files.PathOf("broker.key");

    /// <summary>What a broker needs of these.</summary>
    public BrokerFiles BrokerFiles => new(Authority, Broker, BrokerKey);

    /// <summary>The client's certificate.</summary>
    public string Client => files.PathOf(ClientFile);

    /// <summary>The client's key.</summary>
    public string ClientKey => files.PathOf(ClientKeyFile);

    /// <summary>Issues a certificate to one more client.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="file">Its files' name without ending; the common name where none is given.</param>
    /// <param name="until">When it ends (UTC); without it, with the authority.</param>
    /// <returns>The certificate with its key, fit for TLS. The caller disposes it.</returns>
    public X509Certificate2 Issue(string name, string? file = null, DateTimeOffset? until = null)
    {
        file ??= name;
        using var certificate = authority.IssueToClient(name, (period.From, until ?? period.Until));
        files.Write(certificate, $"{file}.crt", $"{file}.key");
        return X509Certificate2.CreateFromPemFile(files.PathOf($"{file}.crt"), files.PathOf($"{file}.key"));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        authority.Dispose();
        folder.Delete(recursive: true);
    }
}
