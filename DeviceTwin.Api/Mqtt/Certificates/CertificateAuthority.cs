using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeviceTwin.Api.Mqtt.Certificates;

/// <summary>A private certificate authority: issues certificates for brokers and clients, all with ECDSA keys on P-256.</summary>
/// <param name="certificate">Its certificate with its ECDSA key; disposed with this.</param>
internal sealed class CertificateAuthority(X509Certificate2 certificate) : IDisposable
{
    /// <summary>Its certificate.</summary>
    public X509Certificate2 Certificate => certificate;

    /// <summary>Makes a new authority, which issues to end users only: none of its certificates can issue another.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="period">When it begins and ceases to hold (UTC).</param>
    public static CertificateAuthority Create(string name, (DateTimeOffset From, DateTimeOffset Until) period)
    {
        using var key = NewKey();
        var request = Request(name, key);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: true,
                pathLengthConstraint: 0,
                critical: true
            )
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        return new CertificateAuthority(request.CreateSelfSigned(period.From, period.Until));
    }

    /// <summary>Issues a certificate to a broker.</summary>
    /// <param name="hosts">The names and addresses that clients connect to; the first is its common name.</param>
    /// <param name="period">When it begins and ceases to hold (UTC).</param>
    public X509Certificate2 IssueToServer(
        IReadOnlyCollection<string> hosts,
        (DateTimeOffset From, DateTimeOffset Until) period
    )
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return Issue(hosts.First(), KeyPurpose.Server, names.Build(), period);
    }

    /// <summary>Issues a certificate to a device or to the service.</summary>
    /// <param name="name">Its common name: the device's id, or the name that the broker's access rules give the service.</param>
    /// <param name="period">When it begins and ceases to hold (UTC).</param>
    public X509Certificate2 IssueToClient(string name, (DateTimeOffset From, DateTimeOffset Until) period) =>
        Issue(name, KeyPurpose.Client, names: null, period);

    /// <inheritdoc/>
    public void Dispose() => certificate.Dispose();

    private X509Certificate2 Issue(
        string name,
        string purpose,
        X509Extension? names,
        (DateTimeOffset From, DateTimeOffset Until) period
    )
    {
        using var key = NewKey();
        var request = Request(name, key);
        if (certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any())
        {
            request.CertificateExtensions.Add(
                X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
                    certificate,
                    includeKeyIdentifier: true,
                    includeIssuerAndSerial: false
                )
            );
        }

        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: false,
                hasPathLengthConstraint: false,
                pathLengthConstraint: 0,
                critical: true
            )
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true)
        );
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        using var issued = request.Create(certificate, period.From, period.Until, NewSerial());
        return issued.CopyWithPrivateKey(key);
    }

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static byte[] NewSerial() => RandomNumberGenerator.GetBytes(16);
}
