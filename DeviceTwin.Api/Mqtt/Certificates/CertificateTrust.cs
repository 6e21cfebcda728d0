using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeviceTwin.Api.Mqtt.Certificates;

/// <summary>Whether a certificate that the other side shows was issued by our authority, holds now, and is for what it is shown for.</summary>
internal static class CertificateTrust
{
    /// <summary>Says in one line why a certificate is not trusted; null where it is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="shown">What the other side showed with it; null where nothing is known.</param>
    /// <param name="trusted">Hold the authority.</param>
    /// <param name="purpose">One of <see cref="KeyPurpose"/>.</param>
    public static string? FindFault(
        X509Certificate2 certificate,
        X509Chain? shown,
        BrokerCertificates trusted,
        string purpose
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted.Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // A stranger's certificate must not make us fetch what it names.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        foreach (var element in shown?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        if (chain.Build(certificate))
        {
            return null;
        }

        var reasons = chain.ChainStatus.Select(status => status.StatusInformation.ReplaceLineEndings(" ").Trim());
        return $"is not trusted by {trusted.AuthorityFile}: {string.Join("; ", reasons)}";
    }
}
