using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

public sealed class MosquittoTests
{
    /// <summary>Points the settings at a broker, with mutual TLS where there are certificates.</summary>
    internal static void Use(Settings settings, string host, int port, TestCertificates? certificates)
    {
        settings.Mqtt.Url = host;
        settings.Mqtt.Port = port;
        settings.Mqtt.Tls = certificates is null ? false : null;
        if (certificates is not null)
        {
            settings.Service.CertificatesPath = certificates.Folder;
            settings.Mqtt.RootCertificateFile = TestCertificates.AuthorityFile;
            settings.Mqtt.ClientCertificateFile = TestCertificates.ClientFile;
            settings.Mqtt.ClientKeyFile = TestCertificates.ClientKeyFile;
        }
    }

    private static Task<Door> StartAsync(
        MosquittoBroker broker,
        TestCertificates? certificates = null,
        bool verifyHost = true,
        string? host = null,
        string suffix = "test",
        FakeIntake? intake = null
    ) =>
        Door.StartAsync(
            intake: intake,
            setAll: settings =>
            {
                Use(settings, host ?? broker.Host, broker.Port, certificates);
                settings.Mqtt.VerifyHostname = verifyHost;
                settings.Mqtt.ClientIdSuffix = suffix;
            }
        );

    private static Task HasLineAsync(Door door, string text) =>
        Eventually.BecomesTrueAsync(
            () => door.Log.CountOf(text) >= 1,
            $"the log says: {text}, not: {string.Join('\n', door.Log.All)}"
        );

    [Fact]
    public async Task Mutual_TLS_connects_and_devices_are_heard()
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(certificates.BrokerFiles);
        await using var door = await StartAsync(broker, certificates);
        await door.IsConnectedAsync();
        Assert.NotNull(door.Listening.Since);

        door.Outbox.Add("1", "c333", DeviceTwin.Data.Actions.ActionKind.Device);
        await Eventually.BecomesTrueAsync(() => !door.Outbox.Deferred.IsEmpty, "the broker has answered an action");
    }

    [Fact]
    public async Task A_broker_of_another_authority_is_not_trusted_and_the_log_says_why()
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(others.BrokerFiles);
        await using var door = await StartAsync(broker, certificates);
        await HasLineAsync(door, $"is not trusted by {certificates.Authority}");
        Assert.False(door.Status.Current.Connected);
        Assert.Contains("is not trusted by", door.Status.Current.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_certificate_that_the_broker_refuses_is_told()
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(certificates.BrokerFiles);
        File.Copy(others.Client, certificates.Client, overwrite: true);
        File.Copy(others.ClientKey, certificates.ClientKey, overwrite: true);
        await using var door = await StartAsync(broker, certificates);
        await HasLineAsync(door, "Cannot connect to");
        Assert.Contains("mqtt.client.certificate.filename", door.Status.Current.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_refused_unless_the_settings_say_otherwise()
    {
        using var certificates = new TestCertificates("broker.example");
        await using var broker = await MosquittoBroker.StartAsync(certificates.BrokerFiles);
        await using (var strict = await StartAsync(broker, certificates))
        {
            await HasLineAsync(strict, "does not name the host localhost");
        }

        await using var lax = await StartAsync(broker, certificates, verifyHost: false);
        await lax.IsConnectedAsync();
        Assert.Equal(1, lax.Log.CountOf("Warning: mqtt.tls.verify.hostname is false"));
    }

    [Fact]
    public async Task A_broker_that_comes_late_and_one_that_restarts_are_found_and_subscribed_to_again()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await broker.StopAsync();
        await using var door = await StartAsync(broker);
        await HasLineAsync(door, "Cannot connect to");
        Assert.Null(door.Listening.Since);

        await broker.RestartAsync();
        await door.IsConnectedAsync();
        await HearAsync(door, broker, "first");

        await broker.StopAsync();
        await Eventually.BecomesTrueAsync(() => !door.Status.Current.Connected, "the loss is seen");
        Assert.Null(door.Listening.Since);
        await broker.RestartAsync();
        await door.IsConnectedAsync();
        await HearAsync(door, broker, "second");
        Assert.Equal(1, door.Log.CountOf("Lost "));
        Assert.Equal(2, door.Log.CountOf("Connected to"));
    }

    [Fact]
    public async Task What_was_sent_with_QoS_1_while_the_service_was_away_comes_when_it_is_back()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using (var before = await StartAsync(broker))
        {
            await before.IsConnectedAsync();
        }

        using var device = await TestDevice.ConnectAsync("127.0.0.1", broker.Port, "device");
        for (var number = 0; number < 100; number++)
        {
            await device.BeatAsync($"d{number}", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        await device.AnswerAsync("d1", """{"id":"1","action":"ack","success":true}""");
        await using var after = await StartAsync(broker);
        await Eventually.BecomesTrueAsync(
            () => after.Intake.Stored.Count(sighting => sighting.OrganizationId is not null) == 100,
            "all heartbeats come"
        );
        await Eventually.BecomesTrueAsync(() => after.Intake.Answers.Count == 1, "the answer comes");
    }

    [Fact]
    public async Task What_was_received_and_not_stored_when_the_service_ended_comes_again()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var never = new TaskCompletionSource();
        await using (var before = await StartAsync(broker, intake: new FakeIntake { Open = never.Task }))
        {
            await before.IsConnectedAsync();
            using var device = await TestDevice.ConnectAsync("127.0.0.1", broker.Port, "device");
            for (var number = 0; number < 15; number++)
            {
                await device.BeatAsync($"d{number}", MqttQualityOfServiceLevel.AtLeastOnce);
            }

            await Eventually.BecomesTrueAsync(() => before.Counters.MessagesReceived == 15, "they are received");
        }

        await using var after = await StartAsync(broker);
        await Eventually.BecomesTrueAsync(() => after.Intake.Stored.Count() == 15, "they are stored");
    }

    [Fact]
    public async Task Replicas_with_a_shared_group_split_the_messages()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        Task<Door> Replica(string suffix) =>
            Door.StartAsync(setAll: settings =>
            {
                Use(settings, broker.Host, broker.Port, null);
                settings.Mqtt.SharedGroup = "twins";
                settings.Mqtt.ClientIdSuffix = suffix;
            });
        await using var one = await Replica("1");
        await using var two = await Replica("2");
        await one.IsConnectedAsync();
        await two.IsConnectedAsync();
        using var device = await TestDevice.ConnectAsync("127.0.0.1", broker.Port, "device");
        for (var number = 0; number < 100; number++)
        {
            await device.BeatAsync($"d{number}", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        await Eventually.BecomesTrueAsync(
            () => one.Intake.Stored.Count() + two.Intake.Stored.Count() == 100,
            "each message is stored once"
        );
        Assert.NotEmpty(one.Intake.Stored);
        Assert.NotEmpty(two.Intake.Stored);
    }

    private static async Task HearAsync(Door door, MosquittoBroker broker, string name)
    {
        using var device = await TestDevice.ConnectAsync("127.0.0.1", broker.Port, "device");
        await device.BeatAsync(name);
        await Eventually.BecomesTrueAsync(
            () => door.Intake.Stored.Any(sighting => sighting.DeviceId == name),
            $"{name} is heard"
        );
    }
}
