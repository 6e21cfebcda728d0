using System.Security.Cryptography;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Mqtt;

public sealed class BrokerCertificatesTests : IDisposable
{
    private readonly TestCertificates certificates = new();

    public void Dispose() => certificates.Dispose();

    private Task<string> FaultAsync() => FaultAsync(certificates);

    private static async Task<string> FaultAsync(TestCertificates from)
    {
        var fault = await Assert.ThrowsAsync<SetupException>(() =>
            Door.StartAsync(setAll: settings => MosquittoTests.Use(settings, "localhost", 1, from))
        );
        Assert.DoesNotContain('\n', fault.Message);
        return fault.Message;
    }

    [Fact]
    public async Task A_missing_file_is_named_with_its_key()
    {
        File.Delete(certificates.ClientKey);
        var fault = await FaultAsync();
        Assert.StartsWith(
            $"{certificates.ClientKey} is missing (mqtt.client.key.filename",
            fault,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_authority_that_is_no_PEM_file_is_named()
    {
        await File.WriteAllTextAsync(certificates.Authority, "hello");
        Assert.StartsWith(
            $"{certificates.Authority} is not a PEM file with a certificate",
            await FaultAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_certificate_that_is_broken_is_named()
    {
        await File.WriteAllTextAsync(
            certificates.Client,
            "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n"
        );
        Assert.StartsWith($"{certificates.Client} ", await FaultAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_in_place_of_a_certificate_is_named()
    {
        File.Copy(certificates.ClientKey, certificates.Client, overwrite: true);
        Assert.StartsWith(
            $"{certificates.Client} is not a PEM file with a certificate",
            await FaultAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_key_that_is_none_is_named()
    {
        File.Copy(certificates.Client, certificates.ClientKey, overwrite: true);
        Assert.StartsWith(
            $"{certificates.ClientKey} is not a PEM file with a private key",
            await FaultAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_named_with_it()
    {
        File.Copy(certificates.BrokerKey, certificates.ClientKey, overwrite: true);
        Assert.StartsWith(
            $"{certificates.ClientKey} cannot be used as the key of {certificates.Client}",
            await FaultAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_encrypted_key_is_named()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000);
        await File.WriteAllTextAsync(
            certificates.ClientKey,
            key.ExportEncryptedPkcs8PrivateKeyPem("secret", encryption)
        );
        Assert.StartsWith($"{certificates.ClientKey} is encrypted", await FaultAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_named_with_its_time()
    {
        using var expired = new TestCertificates(validFor: TimeSpan.FromHours(1));
        Assert.StartsWith($"{expired.Authority} is expired: CN=", await FaultAsync(expired), StringComparison.Ordinal);

        File.Copy(expired.Client, certificates.Client, overwrite: true);
        Assert.StartsWith(
            $"{certificates.Client} is expired: CN=service",
            await FaultAsync(),
            StringComparison.Ordinal
        );
    }
}
