using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>The devices' door as the service runs it, with an embedded broker unless the settings name another, and the test in place of the twins.</summary>
internal sealed class Door : IAsyncDisposable
{
    private readonly IHost host;
    private readonly List<IMqttClient> clients = [];
    private bool stopped;

    private Door(Settings settings, FakeIntake intake)
    {
        Settings = settings;
        Intake = intake;
        var builder = new HostBuilder();
        builder.ConfigureLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Debug));
        builder.ConfigureServices(services =>
            services
                .AddSingleton(settings)
                .AddSingleton(TimeProvider.System)
                .AddSingleton<ServiceCounters>()
                .AddSingleton<Listening>()
                .AddSingleton<FaultPoints>()
                .AddSingleton<Workers>()
                .AddSingleton<IIntake>(Intake)
                .AddSingleton<IOutbox>(Outbox)
                .AddSingleton<IDesiredOutbox>(DesiredOutbox)
                .AddSingleton<ITwinTopics>(TwinTopics)
                .AddSingleton<ISetAsideItems>(SetAside)
                .AddSingleton<WorkerProgress>()
                .AddSingleton<IDeviceOrganizations>(Organizations)
                .AddMqtt()
        );
        host = builder.Build();
    }

    public Settings Settings { get; }

    public FakeIntake Intake { get; }

    public FakeOutbox Outbox { get; } = new();

    public FakeOrganizations Organizations { get; } = [];

    public FakeDesiredOutbox DesiredOutbox { get; } = new();

    public FakeTwinTopics TwinTopics { get; } = new();

    public FakeSetAsideItems SetAside { get; } = new();

    public LogLines Log { get; } = new();

    public FaultPoints Faults => host.Services.GetRequiredService<FaultPoints>();

    public BrokerStatus Status => host.Services.GetRequiredService<BrokerStatus>();

    public ServiceCounters Counters => host.Services.GetRequiredService<ServiceCounters>();

    public WorkerProgress Progress => host.Services.GetRequiredService<WorkerProgress>();

    public Listening Listening => host.Services.GetRequiredService<Listening>();

    public HeardDevices Heard => host.Services.GetRequiredService<HeardDevices>();

    public InboundChannels Channels => host.Services.GetRequiredService<InboundChannels>();

    public MQTTnet.Server.MqttServer Broker => host.Services.GetRequiredService<EmbeddedBroker>().Server!;

    public int Port => host.Services.GetRequiredService<EmbeddedBroker>().Port;

    public System.Net.IPEndPoint ServiceEndpoint => host.Services.GetRequiredService<EmbeddedBroker>().ServiceEndpoint;

    /// <summary>Starts a door and waits until devices are heard.</summary>
    public static async Task<Door> OpenAsync(Action<MqttSettings>? set = null, FakeIntake? intake = null)
    {
        var door = await StartAsync(set, intake);
        await door.IsConnectedAsync();
        return door;
    }

    /// <summary>Starts a door, whether or not there is a broker.</summary>
    public static async Task<Door> StartAsync(
        Action<MqttSettings>? set = null,
        FakeIntake? intake = null,
        Action<Settings>? setAll = null,
        Action<Door>? prepare = null
    )
    {
        var settings = new Settings();
        settings.Mqtt.Port = 0;
        settings.Mqtt.ClientIdSuffix = "test";
        set?.Invoke(settings.Mqtt);
        setAll?.Invoke(settings);
        var door = new Door(settings, intake ?? new FakeIntake());
        prepare?.Invoke(door);
        try
        {
            await door.host.StartAsync();
            return door;
        }
        catch
        {
            // What has not started cannot be stopped.
            door.host.Dispose();
            throw;
        }
    }

    public Task IsConnectedAsync() =>
        Eventually.BecomesTrueAsync(() => Status.Current.Connected, "the door is connected");

    /// <summary>Connects a device to the embedded broker.</summary>
    public async Task<IMqttClient> ConnectDeviceAsync(string clientId = "device")
    {
        var client = await TestDevice.ConnectAsync("127.0.0.1", Port, clientId);
        clients.Add(client);
        return client;
    }

    /// <summary>Lets the embedded broker throw the service out, as a fault of the network would.</summary>
    public async Task DropConnectionAsync()
    {
        var id = $"{Settings.Mqtt.ClientIdPrefix}-{Settings.Mqtt.ClientIdSuffix}";
        await Broker.DisconnectClientAsync(id, new MQTTnet.Server.MqttServerClientDisconnectOptions());
    }

    public async Task StopAsync()
    {
        if (!stopped)
        {
            stopped = true;
            await host.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
        {
            client.Dispose();
        }

        await StopAsync();
        host.Dispose();
    }
}

/// <summary>A device's MQTT client.</summary>
internal static class TestDevice
{
    public static async Task<IMqttClient> ConnectAsync(string host, int port, string clientId)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(host, port)
                .WithClientId(clientId)
                .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V311)
                .WithCleanSession()
                .Build()
        );
        return client;
    }

    public static string Heartbeat(
        string device,
        string organization = "abc",
        string refresh = "2026-11-23T09:30:00Z"
    ) => $$"""{"orgId":"{{organization}}","deviceId":"{{device}}","refresh":"{{refresh}}"}""";

    public static Task BeatAsync(
        this IMqttClient client,
        string device,
        MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtMostOnce,
        string organization = "abc"
    ) => client.SendAsync($"devices/health/{device}", Heartbeat(device, organization), quality);

    public static Task AnswerAsync(this IMqttClient client, string device, string payload) =>
        client.SendAsync($"devices/pub/{device}", payload, MqttQualityOfServiceLevel.AtLeastOnce);

    public static Task SendAsync(
        this IMqttClient client,
        string topic,
        string payload,
        MqttQualityOfServiceLevel quality
    ) =>
        client.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic(topic)
                .WithPayload(payload)
                .WithQualityOfServiceLevel(quality)
                .Build()
        );
}
