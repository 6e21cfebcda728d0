using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>Who may connect to the embedded broker, and as whom.</summary>
public sealed class EmbeddedAdmissionTests
{
    private const string ServiceId = "devicetwin-test";

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task A_device_connects_under_the_name_in_its_certificate(MqttProtocolVersion version)
    {
        await using var door = await TlsDoor.OpenAsync();

        var device = await door.ConnectAsync(set: options => options.WithProtocolVersion(version));

        await device.BeatAsync(TlsDoor.Device);
        await Eventually.BecomesTrueAsync(() => door.Door.Intake.Stored.Any(), "it is heard");
    }

    [Theory]
    [InlineData("c334")]
    [InlineData("")]
    [InlineData("C333")]
    [InlineData(ServiceId)]
    public async Task A_device_connects_under_no_other_name(string clientId)
    {
        await using var door = await TlsDoor.OpenAsync();

        var (_, answer) = await door.TryConnectAsync(door.Issue(TlsDoor.Device), clientId);

        Assert.True(
            answer is MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.ClientIdentifierNotValid
        );
        Assert.Equal(1, door.Door.Counters.MessagesRejected);
    }

    [Theory]
    [InlineData("a+b")]
    [InlineData("a/b")]
    [InlineData("#")]
    public async Task A_certificate_whose_name_is_no_device_id_is_nobodys(string name)
    {
        await using var door = await TlsDoor.OpenAsync();
        using var certificate = door.Certificates.Issue(name, file: "wild");

        var (_, answer) = await door.TryConnectAsync(certificate, name);

        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, answer);
        Assert.Equal(1, door.Door.Log.CountOf("its client id holds one of / + #"));
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_refused()
    {
        await using var door = await TlsDoor.OpenAsync();
        await IsThrownOutAsync(door, null, "showed no certificate");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        await using var door = await TlsDoor.OpenAsync();
        using var others = new TestCertificates();
        using var certificate = others.Issue(TlsDoor.Device);
        await IsThrownOutAsync(
            door,
            certificate,
            $"Rejected a message of CN=c333: its certificate is not trusted by {door.Certificates.Authority}"
        );
    }

    [Fact]
    public async Task An_expired_certificate_is_refused()
    {
        await using var door = await TlsDoor.OpenAsync();
        using var certificate = door.Certificates.Issue(
            TlsDoor.Device,
            until: TimeProvider.System.GetUtcNow().AddMinutes(-1)
        );
        await IsThrownOutAsync(door, certificate, "expired");
    }

    [Fact]
    public async Task A_brokers_certificate_is_none_for_a_client()
    {
        await using var door = await TlsDoor.OpenAsync();
        using var certificate = X509Certificate2.CreateFromPemFile(
            door.Certificates.Broker,
            door.Certificates.BrokerKey
        );
        await IsThrownOutAsync(door, certificate, "Rejected a message of CN=localhost: its certificate is not trusted");
    }

    [Fact]
    public async Task A_connection_is_taken_over_with_the_same_certificate()
    {
        await using var door = await TlsDoor.OpenAsync();
        var certificate = door.Issue(TlsDoor.Device);
        var (first, _) = await door.TryConnectAsync(certificate, TlsDoor.Device);
        var (second, answer) = await door.TryConnectAsync(certificate, TlsDoor.Device);

        Assert.Equal(MqttClientConnectResultCode.Success, answer);
        await Eventually.BecomesTrueAsync(() => !first.IsConnected, "the first has lost its connection");
        await second.BeatAsync(TlsDoor.Device);
        await Eventually.BecomesTrueAsync(() => door.Door.Intake.Stored.Any(), "the second is heard");
    }

    [Fact]
    public async Task Another_certificate_of_the_same_name_waits_until_the_first_has_gone()
    {
        await using var door = await TlsDoor.OpenAsync();
        var old = door.Issue(TlsDoor.Device);
        await door.TryConnectAsync(old, TlsDoor.Device);
        // Taken over once: what is remembered is the connection that lives.
        var (first, _) = await door.TryConnectAsync(old, TlsDoor.Device);
        var renewed = door.Issue(TlsDoor.Device);

        var (_, answer) = await door.TryConnectAsync(renewed, TlsDoor.Device);

        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, answer);
        Assert.Equal(1, door.Door.Log.CountOf("in use by a client with another certificate"));
        Assert.True(first.IsConnected);
        await first.DisconnectAsync();
        await Eventually.BecomesTrueAsync(
            async () =>
                (await door.TryConnectAsync(renewed, TlsDoor.Device)).Answer == MqttClientConnectResultCode.Success,
            "the renewed certificate is let in"
        );
    }

    [Fact]
    public async Task The_services_own_id_is_nobody_elses_whatever_certificate_or_password_is_shown()
    {
        await using var door = await TlsDoor.OpenAsync();

        var (_, answer) = await door.TryConnectAsync(
            door.Issue(ServiceId),
            ServiceId,
            options => options.WithCredentials(ServiceId, "guessed")
        );

        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, answer);
        Assert.True(door.Door.Status.Current.Connected);
        Assert.Equal(0, door.Door.Log.CountOf("Lost "));
    }

    [Theory]
    [InlineData(ServiceId)]
    [InlineData("c333")]
    public async Task The_services_own_port_is_on_loopback_and_lets_nobody_else_in(string clientId)
    {
        await using var door = await TlsDoor.OpenAsync();
        var endpoint = door.Door.ServiceEndpoint;
        Assert.Equal(IPAddress.Loopback, endpoint.Address);
        Assert.NotEqual(door.Door.Port, endpoint.Port);

        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await ConnectPlainAsync(endpoint, clientId));
        Assert.True(door.Door.Status.Current.Connected);
    }

    [Fact]
    public async Task Without_TLS_devices_need_no_certificate_and_still_cannot_be_the_service()
    {
        await using var door = await Door.OpenAsync();
        var endpoint = new IPEndPoint(IPAddress.Loopback, door.Port);

        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await ConnectPlainAsync(endpoint, ServiceId));
        Assert.Equal(MqttClientConnectResultCode.Success, await ConnectPlainAsync(endpoint, "c333"));
        Assert.True(door.Status.Current.Connected);
    }

    [Fact]
    public async Task With_TLS_it_listens_where_the_setting_says()
    {
        using var certificates = new TestCertificates();
        await using var door = await Door.StartAsync(setAll: settings =>
        {
            settings.Mqtt.EmbeddedTls = true;
            settings.Mqtt.EmbeddedBind = "0.0.0.0";
            settings.Service.CertificatesPath = certificates.Folder;
        });
        await door.IsConnectedAsync();

        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();
        Assert.Equal([IPAddress.Any], listeners.Where(at => at.Port == door.Port).Select(at => at.Address));
        Assert.Equal(
            [IPAddress.Loopback],
            listeners.Where(at => at.Port == door.ServiceEndpoint.Port).Select(at => at.Address)
        );
    }

    [Fact]
    public async Task A_missing_certificate_stops_the_start_with_its_name_and_what_makes_one()
    {
        using var certificates = new TestCertificates();
        File.Delete(certificates.BrokerKey);

        var fault = await Assert.ThrowsAsync<SetupException>(() =>
            Door.StartAsync(setAll: settings =>
            {
                settings.Mqtt.EmbeddedTls = true;
                settings.Service.CertificatesPath = certificates.Folder;
            })
        );

        Assert.Equal(
            $"{certificates.BrokerKey} is missing (mqtt.embedded.key.filename, in service.certificates.path); `certs init` makes what is needed.",
            fault.Message
        );
    }

    private static async Task IsThrownOutAsync(TlsDoor door, X509Certificate2? certificate, string line)
    {
        await Assert.ThrowsAnyAsync<MqttCommunicationException>(() =>
            door.TryConnectAsync(certificate, TlsDoor.Device)
        );
        await Eventually.BecomesTrueAsync(
            () => door.Door.Log.CountOf(line) >= 1,
            $"the log says: {line}, not: {string.Join('\n', door.Door.Log.All)}"
        );
        Assert.Equal(1, door.Door.Counters.MessagesRejected);
    }

    private static async Task<MqttClientConnectResultCode> ConnectPlainAsync(IPEndPoint endpoint, string clientId)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        var answer = await client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithEndPoint(endpoint)
                .WithClientId(clientId)
                .WithCredentials(clientId, "guessed")
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .Build()
        );
        return answer.ResultCode;
    }
}
