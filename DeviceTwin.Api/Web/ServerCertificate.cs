using System.Net.Security;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Web;

/// <summary>The certificate for HTTPS. Its files are looked at again while callers come, so that a renewed one needs no restart.</summary>
/// <param name="settings">Name the files.</param>
/// <param name="clock">Says when to look again, and whether a certificate holds.</param>
/// <param name="logger">Where a new certificate is told, and one that cannot be used.</param>
public sealed partial class ServerCertificate(Settings settings, TimeProvider clock, ILogger<ServerCertificate> logger)
{
    /// <summary>How long a new certificate may lie there unseen.</summary>
    public static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(10);

    private readonly Lock turn = new();
    private Files? files;
    private SslStreamCertificateContext? current;
    private long lookedAt;

    /// <summary>The certificate with those that it was issued by.</summary>
    /// <exception cref="SetupException">The files cannot be used, and no earlier ones could.</exception>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (turn)
            {
                if (current is null)
                {
                    Take(Read(settings.Http));
                }
                else if (clock.GetElapsedTime(lookedAt) >= LookAgainAfter)
                {
                    lookedAt = clock.GetTimestamp();
                    Renew();
                }

                return current!;
            }
        }
    }

    private void Renew()
    {
        try
        {
            var found = Read(settings.Http);
            if (found != files)
            {
                Take(found);
            }
        }
        catch (SetupException fault)
        {
            // Also while the files are being written: what served before goes on to.
            LogNotRenewed(fault.Message);
        }
    }

    private void Take(Files found)
    {
        var certificate = Combine(found);
        (files, current, lookedAt) = (found, certificate, clock.GetTimestamp());
        var leaf = certificate.TargetCertificate;
        var now = clock.GetUtcNow().UtcDateTime;
        if (now >= leaf.NotAfter.ToUniversalTime() || now < leaf.NotBefore.ToUniversalTime())
        {
            // Devices are served all the same; browsers will say it, too.
            LogInvalid(leaf.Subject, leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime());
        }
        else
        {
            LogTaken(leaf.Subject, leaf.NotAfter.ToUniversalTime());
        }
    }

    private static Files Read(HttpSettings http) =>
        new(
            http.Certificate!,
            PemFile.Read(http.Certificate!, "service.tls.certificate"),
            http.CertificateKey!,
            PemFile.Read(http.CertificateKey!, "service.tls.key")
        );

    private static SslStreamCertificateContext Combine(Files files)
    {
        var chain = PemFile.Certificates(files.CertificateFile, files.Certificate);
#pragma warning disable CA2000 // The context, and with it the service, keeps the certificate.
        var leaf = PemFile.WithKey(files.CertificateFile, files.Certificate, files.KeyFile, files.Key);
#pragma warning restore CA2000
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    [LoggerMessage(LogLevel.Information, "HTTPS with the certificate of {Subject}, which holds until {Until:u}")]
    private partial void LogTaken(string subject, DateTime until);

    [LoggerMessage(LogLevel.Warning, "The certificate of {Subject} for HTTPS holds from {From:u} to {Until:u} only")]
    private partial void LogInvalid(string subject, DateTime from, DateTime until);

    [LoggerMessage(LogLevel.Warning, "The certificate for HTTPS was not renewed: {Problem}")]
    private partial void LogNotRenewed(string problem);

    private sealed record Files(string CertificateFile, string Certificate, string KeyFile, string Key);
}
