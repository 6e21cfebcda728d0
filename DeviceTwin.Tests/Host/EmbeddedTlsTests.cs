using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>The whole service with the embedded broker and TLS, with the certificates of <c>certs</c>.</summary>
public sealed class EmbeddedTlsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_device_with_a_certificate_becomes_a_twin_and_takes_actions()
    {
        var folder = Directory.CreateTempSubdirectory("devicetwin-embedded-");
        try
        {
            await MakeCertificatesAsync(folder.FullName, "init", "localhost");
            await MakeCertificatesAsync(folder.FullName, "device", "device-0001");
            await using var host = await TwinHost.StartAsync(
                output,
                new TwinHostOptions
                {
                    Configure = settings =>
                    {
                        settings.Mqtt.EmbeddedTls = true;
                        settings.Service.CertificatesPath = folder.FullName;
                    },
                }
            );
            await using var fleet = new SimulatedFleet(
                new SimulatorOptions
                {
                    Devices = 1,
                    Interval = TimeSpan.FromSeconds(1),
                    SnapdDelay = TimeSpan.Zero,
                    Broker = "localhost",
                    Port = host.BrokerPort,
                    Tls = new TlsFiles(Path.Combine(folder.FullName, "ca.crt"), Folder: folder.FullName),
                }
            );
            fleet.Start();

            // Its snaps are an answer, its metrics are let through once its organization is known.
            var twin = await host.FindTwinAsync(
                "device-0001",
                twin => twin.Snaps.Count > 0 && twin.Metrics is not null
            );

            await host.FindTwinAsync("device-0001", now => now.Heartbeat.HeartbeatAt > twin.Heartbeat.HeartbeatAt);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Certs_tells_what_it_made_and_what_it_cannot_make()
    {
        var folder = Directory.CreateTempSubdirectory("devicetwin-embedded-");
        try
        {
            var path = $"--service.certificates.path={folder.FullName}";
            var (code, lines, errors) = await ServiceProcess.RunAsync("certs", "init", "localhost", path);
            Assert.Equal(0, code);
            Assert.Empty(errors);
            Assert.Contains(
                $"{folder.FullName}/ca.crt, ca.key: CN=Device Twin authority, until ",
                lines,
                StringComparison.Ordinal
            );

            (code, _, errors) = await ServiceProcess.RunAsync("certs", "init", "localhost", path);
            Assert.Equal(1, code);
            Assert.Contains("is there already", Assert.Single(errors), StringComparison.Ordinal);

            (code, _, errors) = await ServiceProcess.RunAsync("certs", "devices", path);
            Assert.Equal(2, code);
            Assert.StartsWith("Usage: certs init", Assert.Single(errors), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Beyond_loopback_without_TLS_the_start_ends_with_one_line()
    {
        var (code, _, errors) = await ServiceProcess.RunAsync(
            "--service.port=0",
            "--mqtt.port=0",
            "--database.driver=memory",
            "--mqtt.embedded.bind=0.0.0.0"
        );

        Assert.Equal(2, code);
        Assert.StartsWith(
            "command line, --mqtt.embedded.bind: mqtt.embedded.bind: 0.0.0.0 is beyond loopback while mqtt.embedded.tls is off",
            Assert.Single(errors),
            StringComparison.Ordinal
        );
    }

    private static async Task MakeCertificatesAsync(string folder, params string[] words)
    {
        var (code, _, errors) = await ServiceProcess.RunAsync([
            "certs",
            .. words,
            $"--service.certificates.path={folder}",
        ]);
        Assert.Equal(0, code);
        Assert.Empty(errors);
    }
}
