using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DeviceTwin.Api.Mqtt.Certificates;

/// <summary>PEM files in the folder of certificates. What is there is never replaced, and only its owner can read a key.</summary>
/// <param name="folder">The folder; it is made with the first file.</param>
internal sealed class CertificateFiles(string folder)
{
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>A file's path.</summary>
    public string PathOf(string file) => Path.Combine(folder, file);

    /// <summary>Makes sure that none of these is there.</summary>
    /// <exception cref="SetupException">One is.</exception>
    public void RequireNew(params IEnumerable<string> files)
    {
        if (files.Select(PathOf).FirstOrDefault(Path.Exists) is { } there)
        {
            throw new SetupException(
                $"{there} is there already and is not replaced: move it away first if you want another."
            );
        }
    }

    /// <summary>Writes a certificate and its key.</summary>
    /// <param name="certificate">The certificate with its ECDSA key.</param>
    /// <param name="certificateFile">The name of its file.</param>
    /// <param name="keyFile">The name of the key's file.</param>
    /// <exception cref="SetupException">A file is there already, or cannot be written.</exception>
    public void Write(X509Certificate2 certificate, string certificateFile, string keyFile)
    {
        RequireNew(certificateFile, keyFile);
        using var key = certificate.GetECDsaPrivateKey()!;
        Write(keyFile, key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
        Write(certificateFile, certificate.ExportCertificatePem(), Readable);
    }

    /// <summary>Reads an authority with its key.</summary>
    /// <param name="certificateFile">The name of its file.</param>
    /// <param name="keyFile">The name of the key's file.</param>
    /// <exception cref="SetupException">A file is missing or cannot be used.</exception>
    public CertificateAuthority ReadAuthority(string certificateFile, string keyFile)
    {
        foreach (var missing in new[] { certificateFile, keyFile }.Select(PathOf).Where(path => !File.Exists(path)))
        {
            throw new SetupException(
                $"{missing} is missing: `certs init` makes an authority; its key is needed for every certificate."
            );
        }

        try
        {
#pragma warning disable CA2000 // The authority disposes it.
            var certificate = X509Certificate2.CreateFromPemFile(PathOf(certificateFile), PathOf(keyFile));
#pragma warning restore CA2000
            if (certificate.PublicKey.Oid.Value == EllipticCurve)
            {
                return new CertificateAuthority(certificate);
            }

            certificate.Dispose();
        }
        catch (Exception unfit)
            when (unfit
                    is System.Security.Cryptography.CryptographicException
                        or ArgumentException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            throw new SetupException(
                $"{PathOf(certificateFile)} and {PathOf(keyFile)} cannot be used as an authority: {unfit.Message.ReplaceLineEndings(" ")}",
                unfit
            );
        }

        throw new SetupException($"{PathOf(keyFile)} is no ECDSA key: issue with the tool that made it.");
    }

    private void Write(string file, string pem, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        try
        {
            Directory.CreateDirectory(folder);
            using var writer = new StreamWriter(PathOf(file), Encoding.ASCII, options);
            writer.Write(pem);
            writer.Write('\n');
        }
        catch (Exception unwritten) when (unwritten is IOException or UnauthorizedAccessException)
        {
            throw new SetupException(
                $"{PathOf(file)} cannot be written (service.certificates.path): {unwritten.Message.ReplaceLineEndings(" ")}",
                unwritten
            );
        }
    }
}
