using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Commands;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Mqtt;
using MQTTnet;

namespace DeviceTwin.Tests.Host;

/// <summary>What <c>deploy/</c> and <c>certs</c> give operators, running: the certificates, the Mosquitto, its access rules.</summary>
internal sealed class MosquittoDeployment : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-deploy-");
    private readonly List<IDisposable> belongings = [];
    private GuardedProcess? broker;

    private MosquittoDeployment() { }

    public int Port { get; private set; }

    public string Folder => folder.FullName;

    public string Log => broker?.Output ?? "";

    /// <summary>Makes certificates for these devices, and for these replicas of the service, and starts the broker.</summary>
    public static async Task<MosquittoDeployment> StartAsync(string[] devices, params string[] replicas)
    {
        var deployment = new MosquittoDeployment();
        try
        {
            deployment.Run("init", "localhost");
            deployment.Run(["device", .. devices]);
            foreach (var replica in replicas)
            {
                deployment.Run("service", replica);
            }

            await deployment.StartBrokerAsync(replicas);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs <c>certs</c>.</summary>
    public void Run(params string[] words)
    {
        var settings = new Settings();
        Use(settings);
        Assert.True(new CertificatesCommand(settings, TextWriter.Null, TimeProvider.System).TryRun(words));
    }

    /// <summary>Points a service's settings at the broker.</summary>
    public void Use(Settings settings)
    {
        settings.Mqtt.Url = "localhost";
        settings.Mqtt.Port = Port;
        settings.Service.CertificatesPath = Folder;
    }

    public string PathOf(string file) => Path.Combine(Folder, file);

    /// <summary>The certificate in files of this name.</summary>
    public X509Certificate2 Certificate(string name)
    {
        var certificate = X509Certificate2.CreateFromPemFile(PathOf($"{name}.crt"), PathOf($"{name}.key"));
        belongings.Add(certificate);
        return certificate;
    }

    /// <summary>Connects with a certificate, under its name unless another id is given.</summary>
    public async Task<IMqttClient> ConnectAsync(
        X509Certificate2? certificate,
        string clientId,
        Action<MqttClientOptionsBuilder>? set = null
    )
    {
        var (client, answer) = await TlsDevice.ConnectAsync(Port, PathOf("ca.crt"), certificate, clientId, set);
        belongings.Add(client);
        Assert.Equal(MqttClientConnectResultCode.Success, answer);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var belonging in belongings)
        {
            belonging.Dispose();
        }

        if (broker is not null)
        {
            await broker.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    private async Task StartBrokerAsync(string[] replicas)
    {
        var deploy = Repository.PathOf("deploy", "mosquitto");
        var access = await File.ReadAllTextAsync(Path.Combine(deploy, "access"));
        // What the file tells operators to do for one more replica.
        var service = access[access.IndexOf("user devicetwin\n", StringComparison.Ordinal)..];
        service = service[..service.IndexOf("\n\n", StringComparison.Ordinal)];
        var more = replicas.Select(name =>
            service.Replace("user devicetwin", $"user {name}", StringComparison.Ordinal)
        );
        await File.WriteAllTextAsync(PathOf("access"), string.Join("\n\n", [access, .. more, ""]));
        Port = FreePort();
        var configuration = (await File.ReadAllTextAsync(Path.Combine(deploy, "mosquitto.conf")))
            .Replace("listener 8883", $"listener {Port} 127.0.0.1", StringComparison.Ordinal)
            .Replace("/mosquitto/certs", Folder, StringComparison.Ordinal)
            .Replace("/mosquitto/config", Folder, StringComparison.Ordinal)
            .Replace("/mosquitto/data", Folder, StringComparison.Ordinal);
        // Started as root it would become another user, who cannot read our folder.
        await File.WriteAllTextAsync(PathOf("mosquitto.conf"), $"{configuration}\nuser {Environment.UserName}\n");
        broker = GuardedProcess.Start([Commands.Find("mosquitto")!, "-v", "-c", PathOf("mosquitto.conf")]);
        await Eventually.BecomesTrueAsync(() => Log.Contains("running", StringComparison.Ordinal), "Mosquitto runs");
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
