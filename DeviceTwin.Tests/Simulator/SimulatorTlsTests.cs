using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Simulator;

namespace DeviceTwin.Tests.Simulator;

public sealed class SimulatorTlsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("simulator-tls-");
    private readonly X509Certificate2 authority;

    public SimulatorTlsTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        this.authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(PathOf("ca.crt"), this.authority.ExportCertificatePem());
    }

    [Fact]
    public async Task Each_agent_shows_its_own_certificate()
    {
        using var serverCertificate = Issue("broker", IPAddress.Loopback);
        var names = new ConcurrentBag<string?>();
        await using var broker = await StartAsync(serverCertificate, names);
        Write(Issue("device-0001"), "device-0001");
        Write(Issue("device-0002"), "device-0002");
        await using var fleet = new SimulatedFleet(
            new SimulatorOptions
            {
                Devices = 2,
                Port = broker.Port,
                Tls = new TlsFiles(PathOf("ca.crt"), Folder: folder.FullName),
            }
        );
        fleet.Start();
        await SimulatorBroker.UntilAsync(() => fleet.Counters.Connected == 2);
        Assert.Equal(["CN=device-0001", "CN=device-0002"], names.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_broker_with_another_name_is_not_trusted()
    {
        using var serverCertificate = Issue("broker", IPAddress.Parse("192.0.2.1"));
        await using var broker = await StartAsync(serverCertificate, []);
        await using var fleet = new SimulatedFleet(
            new SimulatorOptions
            {
                Devices = 1,
                Port = broker.Port,
                Tls = new TlsFiles(PathOf("ca.crt")),
            }
        );
        fleet.Start();
        await SimulatorBroker.UntilAsync(() => fleet.Counters.Trouble is not null);
        Assert.Contains("certificate", fleet.Counters.Trouble, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, fleet.Counters.Connected);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Write(Issue("device-0001"), "device-0001");
        var options = new SimulatorOptions { Devices = 2, Tls = new TlsFiles(Folder: folder.FullName) };
        var error = Assert.Throws<SimulatorOptionsException>(() => new SimulatedFleet(options));
        Assert.Equal($"file {PathOf("device-0002.crt")} does not exist", error.Message);
    }

    [Fact]
    public void Files_that_are_no_certificates_are_named()
    {
        File.WriteAllText(PathOf("bad.crt"), "nothing");
        File.WriteAllText(PathOf("bad.key"), "nothing");
        var authority = new SimulatorOptions { Tls = new TlsFiles(PathOf("bad.crt")) };
        Assert.Contains(
            PathOf("bad.crt"),
            Assert.Throws<SimulatorOptionsException>(authority.Validate).Message,
            StringComparison.Ordinal
        );
        var client = new SimulatorOptions { Tls = new TlsFiles(null, PathOf("bad.crt"), PathOf("bad.key")) };
        Assert.Contains(
            PathOf("bad.key"),
            Assert.Throws<SimulatorOptionsException>(client.Validate).Message,
            StringComparison.Ordinal
        );
    }

    public void Dispose()
    {
        this.authority.Dispose();
        folder.Delete(recursive: true);
    }

    private static Task<SimulatorBroker> StartAsync(X509Certificate2 certificate, ConcurrentBag<string?> names) =>
        SimulatorBroker.StartAsync(
            (options, port) =>
                options
                    .WithoutDefaultEndpoint()
                    .WithEncryptedEndpoint()
                    .WithEncryptedEndpointPort(port)
                    .WithEncryptedEndpointBoundIPAddress(IPAddress.Loopback)
                    .WithEncryptedEndpointBoundIPV6Address(IPAddress.None)
                    .WithEncryptionCertificate(certificate)
                    .WithClientCertificate(
                        (_, client, _, _) =>
                        {
                            names.Add(client?.Subject);
                            return client is not null;
                        },
                        false
                    )
        );

    private X509Certificate2 Issue(string name, IPAddress? address = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        if (address is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(address);
            request.CertificateExtensions.Add(names.Build());
        }

        using var issued = request.Create(
            this.authority,
            DateTimeOffset.UtcNow.AddHours(-1),
            DateTimeOffset.UtcNow.AddDays(1),
            RandomNumberGenerator.GetBytes(8)
        );
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(
            withKey.Export(X509ContentType.Pkcs12),
            null,
            X509KeyStorageFlags.Exportable
        );
    }

    private void Write(X509Certificate2 certificate, string name)
    {
        File.WriteAllText(PathOf(name + ".crt"), certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(PathOf(name + ".key"), key.ExportPkcs8PrivateKeyPem());
        certificate.Dispose();
    }

    private string PathOf(string name) => Path.Combine(folder.FullName, name);
}
