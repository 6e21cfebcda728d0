using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeviceTwin.Api.Hosting;

/// <summary>Certificates and keys in PEM files (RFC 7468). Each fault is one line that names the file and what is wrong with it.</summary>
internal static class PemFile
{
    /// <summary>A file's text.</summary>
    /// <param name="file">The file.</param>
    /// <param name="key">The setting that names it.</param>
    /// <param name="remedy">What to do where it is missing; null where there is nothing to say.</param>
    /// <exception cref="SetupException">It is missing or cannot be read.</exception>
    public static string Read(string file, string key, string? remedy = null)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SetupException($"{file} is missing ({key}){(remedy is null ? "" : $"; {remedy}")}.", missing);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"{file} cannot be read ({key}): {OneLine(unreadable)}", unreadable);
        }
    }

    /// <summary>The certificates in a file's text, one at least, in their order.</summary>
    /// <param name="file">The file.</param>
    /// <param name="pem">Its text.</param>
    /// <exception cref="SetupException">It holds none, or one that is broken.</exception>
    public static X509Certificate2Collection Certificates(string file, string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException broken)
        {
            throw new SetupException($"{file} holds a certificate that cannot be read: {OneLine(broken)}", broken);
        }

        return certificates.Count > 0
            ? certificates
            : throw new SetupException($"{file} is not a PEM file with a certificate (-----BEGIN CERTIFICATE-----).");
    }

    /// <summary>The first certificate of a file with its key.</summary>
    /// <param name="file">The certificate's file.</param>
    /// <param name="pem">Its text, with a certificate.</param>
    /// <param name="keyFile">The key's file.</param>
    /// <param name="keyPem">Its text.</param>
    /// <exception cref="SetupException">There is no key, it has a passphrase, or it is another certificate's.</exception>
    public static X509Certificate2 WithKey(string file, string pem, string keyFile, string keyPem)
    {
        if (keyPem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new SetupException(
                $"{keyFile} is encrypted: a service cannot be asked for its passphrase. `openssl pkey -in … -out …` takes it away."
            );
        }

        if (!keyPem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new SetupException(
                $"{keyFile} is not a PEM file with a private key (-----BEGIN … PRIVATE KEY-----)."
            );
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPem(pem, keyPem);

            // Windows' TLS cannot use a key that lives in memory only.
            return OperatingSystem.IsWindows()
                ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null)
                : certificate;
        }
        catch (Exception unfit) when (unfit is CryptographicException or ArgumentException)
        {
            throw new SetupException($"{keyFile} cannot be used as the key of {file}: {OneLine(unfit)}", unfit);
        }
    }

    private static string OneLine(Exception fault) => fault.Message.ReplaceLineEndings(" ");
}
