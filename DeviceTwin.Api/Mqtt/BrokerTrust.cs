using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Mqtt.Certificates;
using MQTTnet;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Whether the broker is who it should be: issued by our authority, for serving, and for the host that was connected to.</summary>
/// <param name="certificates">Hold the authority.</param>
/// <param name="host">The host that is connected to.</param>
/// <param name="verifyHost">Whether the certificate must name it.</param>
internal sealed class BrokerTrust(BrokerCertificates certificates, string host, bool verifyHost)
{
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

        return CertificateTrust.FindFault(certificate, shown.Chain, certificates, KeyPurpose.Server) is { } fault
            ? $"the broker's certificate ({certificate.Subject}) {fault}"
            : null;
    }
}
