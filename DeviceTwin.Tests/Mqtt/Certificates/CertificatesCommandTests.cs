using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Commands;
using DeviceTwin.Api.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Mqtt.Certificates;

public sealed class CertificatesCommandTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-certs-");
    private readonly FakeTimeProvider clock = new(Now);
    private readonly StringWriter output = new();

    public void Dispose()
    {
        folder.Delete(recursive: true);
        output.Dispose();
    }

    [Fact]
    public void Init_makes_an_authority_a_brokers_and_the_services_certificate()
    {
        Run("init", "mqtt.example.org", "10.1.2.3");

        Assert.Equal(
            ["broker.crt", "broker.key", "ca.crt", "ca.key", "server.crt", "server.key"],
            folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)
        );
        using var authority = Read("ca");
        Assert.Equal(Now.AddDays(3650).UtcDateTime, authority.NotAfter.ToUniversalTime());
        var constraints = authority.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.True(constraints is { CertificateAuthority: true, Critical: true, PathLengthConstraint: 0 });
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, UsageOf(authority));
        using var broker = Read("broker");
        var names = broker.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["mqtt.example.org", "localhost"], names.EnumerateDnsNames());
        Assert.Equal(["10.1.2.3", "127.0.0.1", "::1"], names.EnumerateIPAddresses().Select(at => at.ToString()));
        Assert.Equal("TLS Web Server Authentication", PurposeOf(broker));
        using var service = Read("server");
        Assert.Equal("CN=devicetwin", service.Subject);
        Assert.Equal("TLS Web Client Authentication", PurposeOf(service));
        Assert.Contains("Guard ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_devices_certificate_has_its_id_as_common_name_and_can_issue_nothing()
    {
        Run("init", "localhost");

        Run("device", "c333", "O=x, c334");

        using var first = Read("c333");
        Assert.Equal("CN=c333", first.Subject);
        using var second = Read("O=x, c334");
        Assert.Equal("O=x, c334", second.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, UsageOf(first));
        Assert.False(first.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal("TLS Web Client Authentication", PurposeOf(first));
        Assert.Equal(256, first.GetECDsaPublicKey()!.KeySize);
        Assert.Equal(Now.AddDays(825).UtcDateTime, first.NotAfter.ToUniversalTime());
        Assert.Equal(Now.AddDays(-1).UtcDateTime, first.NotBefore.ToUniversalTime());
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
    }

    [Fact]
    public void No_certificate_outlives_its_authority()
    {
        Run("init", "localhost");
        clock.Advance(TimeSpan.FromDays(3600));

        Run("device", "late");

        using var late = Read("late");
        Assert.Equal(Now.AddDays(3650).UtcDateTime, late.NotAfter.ToUniversalTime());
        clock.Advance(TimeSpan.FromDays(60));
        Assert.Contains("has expired", FaultOf("device", "later"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ca.key")]
    [InlineData("broker.crt")]
    [InlineData("server.key")]
    public void Init_replaces_nothing(string there)
    {
        File.WriteAllText(PathOf(there), "kept");

        Assert.Equal(
            $"{PathOf(there)} is there already and is not replaced: move it away first if you want another.",
            FaultOf("init", "localhost")
        );
        Assert.Equal("kept", File.ReadAllText(Assert.Single(folder.GetFiles()).FullName));
    }

    [Fact]
    public void One_device_that_has_a_certificate_keeps_it_and_the_others_get_none()
    {
        Run("init", "localhost");
        Run("device", "c333");
        var before = File.ReadAllText(PathOf("c333.crt"));

        Assert.StartsWith(
            $"{PathOf("c333.crt")} is there already",
            FaultOf("device", "c334", "c333"),
            StringComparison.Ordinal
        );

        Assert.Equal(before, File.ReadAllText(PathOf("c333.crt")));
        Assert.False(File.Exists(PathOf("c334.crt")));
    }

    [Fact]
    public void Only_the_owner_can_read_a_key()
    {
        Run("init", "localhost");
        Run("device", "c333");
        Assert.All(
            folder.GetFiles("*.key"),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode)
        );
    }

    [Theory]
    [InlineData("device", "a/b", "No certificate can be made: \"a/b\" holds one of / + #.")]
    [InlineData("device", "+", "No certificate can be made: \"+\" holds one of / + #.")]
    [InlineData("device", "a\nb", "No certificate can be made: ")]
    [InlineData("device", "", "No certificate can be made: \"\" is missing.")]
    [InlineData("device", "devicetwin", "devicetwin is the service's own name")]
    [InlineData("service", "a#", "No certificate can be made: ")]
    [InlineData("broker", "no host", "\"no host\" is no host: ")]
    [InlineData("broker", "mqtt://example.org", "\"mqtt://example.org\" is no host: ")]
    public void A_name_that_cannot_be_used_is_told(string kind, string name, string fault)
    {
        Run("init", "localhost");
        var before = folder.GetFiles().Length;

        Assert.StartsWith(fault, FaultOf(kind, name), StringComparison.Ordinal);
        Assert.Equal(before, folder.GetFiles().Length);
    }

    [Fact]
    public void A_name_longer_than_a_common_name_is_told()
    {
        Run("init", "localhost");
        Run("device", new string('x', 64));
        Assert.Contains("at most 64 characters", FaultOf("device", new string('x', 65)), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_authority_the_way_to_one_is_told()
    {
        Assert.Equal(
            $"{PathOf("ca.crt")} is missing: `certs init` makes an authority; its key is needed for every certificate.",
            FaultOf("device", "c333")
        );
        Run("init", "localhost");
        File.WriteAllText(PathOf("ca.key"), "nothing");
        Assert.StartsWith(
            $"{PathOf("ca.crt")} and {PathOf("ca.key")} cannot be used as an authority: ",
            FaultOf("device", "c333"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_renewed_certificate_needs_the_old_one_out_of_the_way()
    {
        Run("init", "localhost");
        Assert.Contains("is there already", FaultOf("broker", "localhost"), StringComparison.Ordinal);
        File.Delete(PathOf("broker.crt"));
        File.Delete(PathOf("broker.key"));

        Run("broker", "new.example.org");

        using var broker = Read("broker");
        Assert.Equal("CN=new.example.org", broker.Subject);
    }

    [Theory]
    [InlineData]
    [InlineData("init")]
    [InlineData("device")]
    [InlineData("devices", "c333")]
    [InlineData("service", "a", "b")]
    public void Words_that_make_no_sense_make_nothing(params string[] words)
    {
        Assert.False(Command().TryRun(words));
        Assert.Empty(folder.GetFiles());
    }

    private CertificatesCommand Command()
    {
        var settings = new Settings();
        settings.Service.CertificatesPath = folder.FullName;
        return new CertificatesCommand(settings, output, clock);
    }

    private void Run(params string[] words) => Assert.True(Command().TryRun(words));

    private string FaultOf(params string[] words)
    {
        var fault = Assert.Throws<SetupException>(() => Command().TryRun(words)).Message;
        Assert.DoesNotContain('\n', fault);
        return fault;
    }

    private string PathOf(string file) => Path.Combine(folder.FullName, file);

    private X509Certificate2 Read(string name) =>
        X509Certificate2.CreateFromPemFile(PathOf($"{name}.crt"), PathOf($"{name}.key"));

    private static X509KeyUsageFlags UsageOf(X509Certificate2 certificate)
    {
        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().Single();
        Assert.True(usage.Critical);
        return usage.KeyUsages;
    }

    private static string? PurposeOf(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .Single()
            .EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>()
            .Single()
            .FriendlyName;
}
