using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>A door whose embedded broker speaks TLS, with certificates of its own and clients that go with it.</summary>
internal sealed class TlsDoor : IAsyncDisposable
{
    /// <summary>The organization of <see cref="Device"/>.</summary>
    public const string Organization = "abc";

    /// <summary>A device that is known.</summary>
    public const string Device = "c333";

    private readonly List<IDisposable> belongings = [];

    private TlsDoor(TestCertificates certificates, Door door)
    {
        Certificates = certificates;
        Door = door;
    }

    public TestCertificates Certificates { get; }

    public Door Door { get; }

    public static async Task<TlsDoor> OpenAsync(Action<Settings>? set = null)
    {
        var certificates = new TestCertificates();
        var door = await Door.StartAsync(setAll: settings =>
        {
            settings.Mqtt.EmbeddedTls = true;
            settings.Service.CertificatesPath = certificates.Folder;
            set?.Invoke(settings);
        });
        await door.IsConnectedAsync();
        door.Organizations[Device] = Organization;
        return new TlsDoor(certificates, door);
    }

    /// <summary>Connects the known device, or another one with a certificate of its own.</summary>
    public async Task<IMqttClient> ConnectAsync(string name = Device, Action<MqttClientOptionsBuilder>? set = null)
    {
        var (client, answer) = await TryConnectAsync(Issue(name), name, set);
        Assert.Equal(MqttClientConnectResultCode.Success, answer);
        return client;
    }

    /// <summary>Connects with any certificate under any name.</summary>
    public async Task<(IMqttClient Client, MqttClientConnectResultCode Answer)> TryConnectAsync(
        X509Certificate2? certificate,
        string clientId,
        Action<MqttClientOptionsBuilder>? set = null
    )
    {
        var (client, answer) = await TlsDevice.ConnectAsync(
            Door.Port,
            Certificates.Authority,
            certificate,
            clientId,
            set
        );
        belongings.Add(client);
        return (client, answer);
    }

    /// <summary>Issues one more certificate of that name.</summary>
    public X509Certificate2 Issue(string name)
    {
        var certificate = Certificates.Issue(name, $"{name}-{belongings.Count}");
        belongings.Add(certificate);
        return certificate;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var belonging in belongings)
        {
            belonging.Dispose();
        }

        await Door.DisposeAsync();
        Certificates.Dispose();
    }
}
