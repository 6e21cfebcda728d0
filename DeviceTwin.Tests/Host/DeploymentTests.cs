using System.Net;
using System.Net.Sockets;
using System.Text;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>What <c>deploy/</c> tells operators to do, done: its certificates, its Mosquitto, its access rules.</summary>
public sealed class DeploymentTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-deploy-");
    private GuardedProcess? broker;
    private int port;

    [Fact]
    public async Task A_device_with_its_own_certificate_becomes_a_twin_and_cannot_speak_for_another()
    {
        await using var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                Configure = settings =>
                {
                    settings.Mqtt.Url = "localhost";
                    settings.Mqtt.Port = port;
                    settings.Service.CertificatesPath = folder.FullName;
                },
            }
        );
        await using var fleet = new SimulatedFleet(
            new SimulatorOptions
            {
                Devices = 1,
                Interval = TimeSpan.FromSeconds(1),
                Broker = "localhost",
                Port = port,
                Tls = new TlsFiles(PathOf("ca.crt"), Folder: folder.FullName),
            }
        );
        fleet.Start();
        var twin = await host.FindTwinAsync("device-0001", twin => twin.Snaps.Count > 0 && twin.Metrics is not null);

        var stranger = """{"orgId":"demo","deviceId":"device-0002","refresh":"2026-11-23T09:30:00Z"}""";
        await fleet["device-0001"]
            .PublishAsync("devices/health/device-0002", Encoding.UTF8.GetBytes(stranger), quality: 1, default);

        // What it sent after that has arrived.
        var next = await host.FindTwinAsync(
            "device-0001",
            now => now.Heartbeat.HeartbeatAt > twin.Heartbeat.HeartbeatAt
        );
        await host.FindTwinAsync("device-0001", now => now.Heartbeat.HeartbeatAt > next.Heartbeat.HeartbeatAt);
        await using var context = await host.OpenStoreAsync();
        Assert.Empty(context.Actions.Where(action => action.DeviceId == "device-0002"));
        Assert.Contains("Denied PUBLISH from device-0001", broker!.Output, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        var deploy = Path.Combine(Repository.Root, "deploy");
        await Commands.RunAsync(
            user: null,
            "sh",
            Path.Combine(deploy, "certificates.sh"),
            folder.FullName,
            "localhost",
            "device-0001"
        );
        File.Copy(Path.Combine(deploy, "mosquitto", "access"), PathOf("access"));
        port = FreePort();
        var configuration = (await File.ReadAllTextAsync(Path.Combine(deploy, "mosquitto", "mosquitto.conf")))
            .Replace("listener 8883", $"listener {port} 127.0.0.1", StringComparison.Ordinal)
            .Replace("/mosquitto/certs", folder.FullName, StringComparison.Ordinal)
            .Replace("/mosquitto/config", folder.FullName, StringComparison.Ordinal)
            .Replace("/mosquitto/data", folder.FullName, StringComparison.Ordinal);
        // Started as root it would become another user, who cannot read our folder.
        await File.WriteAllTextAsync(PathOf("mosquitto.conf"), $"{configuration}\nuser {Environment.UserName}\n");
        broker = GuardedProcess.Start([Commands.Find("mosquitto")!, "-v", "-c", PathOf("mosquitto.conf")]);
    }

    public async Task DisposeAsync()
    {
        if (broker is not null)
        {
            await broker.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    private string PathOf(string file) => Path.Combine(folder.FullName, file);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
