using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Mqtt.Certificates;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Whether a client of the embedded broker shows a certificate of our authority that holds and is a client's.</summary>
/// <param name="certificates">Hold the authority.</param>
/// <param name="rejections">Is told of those that do not.</param>
internal sealed class DeviceTrust(BrokerCertificates certificates, RejectionLog rejections)
{
    /// <summary>Judges what a client shows; a <see cref="RemoteCertificateValidationCallback"/>.</summary>
    public bool IsTrusted(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is null)
        {
            rejections.Reject("a client", "it showed no certificate");
            return false;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
        if (CertificateTrust.FindFault(certificate, chain, certificates, KeyPurpose.Client) is not { } fault)
        {
            return true;
        }

        rejections.Reject(certificate.Subject, $"its certificate {fault}");
        return false;
    }
}
