using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeviceTwin.Simulator;

/// <summary>PEM files for mutual TLS. The broker's name is always validated.</summary>
/// <param name="Authority">The authority that signed the broker's certificate; the system's authorities when null.</param>
/// <param name="Certificate">The client certificate that all devices use.</param>
/// <param name="Key">Its key.</param>
/// <param name="Folder">Holds <c>{deviceId}.crt</c> and <c>{deviceId}.key</c>: each device its own identity.</param>
public sealed record TlsFiles(
    string? Authority = null,
    string? Certificate = null,
    string? Key = null,
    string? Folder = null
)
{
    /// <summary>Checks that the files are there and belong together.</summary>
    /// <exception cref="SimulatorOptionsException">They do not; the message names the file.</exception>
    internal void Validate()
    {
        if (Certificate is null != Key is null)
            throw new SimulatorOptionsException("certificate and key go together: give both or neither");
        if (Folder is not null && Certificate is not null)
            throw new SimulatorOptionsException("certificate and certificates-folder exclude each other: give one");
        if (Folder is not null && !Directory.Exists(Folder))
            throw new SimulatorOptionsException($"certificates-folder {Folder} does not exist");
        LoadAuthority();
        if (Certificate is not null && Key is not null)
            Load(Certificate, Key).Dispose();
    }

    /// <summary>The authorities to trust; null for the system's.</summary>
    internal X509Certificate2Collection? LoadAuthority()
    {
        if (Authority is null)
            return null;
        RequireFile(Authority);
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(Authority);
            return authorities.Count > 0
                ? authorities
                : throw new SimulatorOptionsException($"{Authority} holds no PEM certificate");
        }
        catch (CryptographicException error)
        {
            throw new SimulatorOptionsException($"{Authority} is not a PEM certificate: {error.Message}");
        }
    }

    /// <summary>Checks that a device's own files are there.</summary>
    /// <exception cref="SimulatorOptionsException">One is not; the message names it.</exception>
    internal void ValidateClient(string clientId)
    {
        if (Folder is null)
            return;
        RequireFile(Path.Combine(Folder, clientId + ".crt"));
        RequireFile(Path.Combine(Folder, clientId + ".key"));
    }

    /// <summary>The client certificate of a connection; null when there is none.</summary>
    internal X509Certificate2? LoadClient(string clientId) =>
        (Folder, Certificate, Key) switch
        {
            ({ } folder, _, _) => Load(
                Path.Combine(folder, clientId + ".crt"),
                Path.Combine(folder, clientId + ".key")
            ),
            (_, { } certificate, { } key) => Load(certificate, key),
            _ => null,
        };

    private static X509Certificate2 Load(string certificate, string key)
    {
        RequireFile(certificate);
        RequireFile(key);
        try
        {
            using var fromPem = X509Certificate2.CreateFromPemFile(certificate, key);
            // Windows cannot use a key that was only read from PEM for TLS.
            return X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), password: null);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new SimulatorOptionsException($"{certificate} and {key} are no PEM pair: {error.Message}");
        }
    }

    private static void RequireFile(string path)
    {
        if (!File.Exists(path))
            throw new SimulatorOptionsException($"file {path} does not exist");
    }
}
