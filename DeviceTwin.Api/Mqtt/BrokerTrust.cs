using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Whether the broker is who it should be: issued by our authority, for serving, and for the host that was connected to.</summary>
/// <param name="certificates">Hold the authority.</param>
/// <param name="host">The host that is connected to.</param>
/// <param name="verifyHost">Whether the certificate must name it.</param>
internal sealed class BrokerTrust(BrokerCertificates certificates, string host, bool verifyHost)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>What was wrong with the broker's certificate at the last attempt; null where nothing was.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether the broker's certificate was accepted at the last attempt.</summary>
    public bool HasTrusted { get; private set; }

    /// <summary>Forgets the last attempt.</summary>
    public void Forget() => (Fault, HasTrusted) = (null, false);

    /// <summary>Judges the certificate that the broker showed.</summary>
    public bool IsTrusted(MqttClientCertificateValidationEventArgs shown)
    {
        Fault = FindFault(shown);
        return HasTrusted = Fault is null;
    }

    private string? FindFault(MqttClientCertificateValidationEventArgs shown)
    {
        if (shown.Certificate is null)
        {
            return "the broker showed no certificate";
        }

        using var certificate = X509CertificateLoader.LoadCertificate(shown.Certificate.GetRawCertData());
        if (verifyHost && shown.SslPolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"the broker's certificate ({certificate.Subject}) does not name the host {host}";
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(certificates.Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        foreach (var element in shown.Chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        if (chain.Build(certificate))
        {
            return null;
        }

        var reasons = chain.ChainStatus.Select(status => status.StatusInformation.ReplaceLineEndings(" ").Trim());
        return $"the broker's certificate ({certificate.Subject}) is not trusted by {certificates.AuthorityFile}: {string.Join("; ", reasons)}";
    }
}
