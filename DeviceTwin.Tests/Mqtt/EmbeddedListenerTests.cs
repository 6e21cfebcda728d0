using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Tests.Infrastructure;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

public sealed class EmbeddedListenerTests
{
    // CONNECT, and that 256 MB are to come.
    private static readonly byte[] HugePacket = [0x10, 0xff, 0xff, 0xff, 0x7f];

    [Fact]
    public async Task Who_says_nothing_is_thrown_out_in_time_and_devices_are_heard_meanwhile()
    {
        await using var door = await OpenAsync(newcomers: 200);
        var device = await door.ConnectAsync();
        var silent = new List<TcpClient>();
        foreach (var _ in Enumerable.Range(0, 50))
        {
            silent.Add(await KnockAsync(door));
        }

        await device.BeatAsync(TlsDoor.Device);
        await Eventually.BecomesTrueAsync(() => door.Door.Intake.Stored.Any(), "the device is heard");
        foreach (var client in silent)
        {
            Assert.True(await IsClosedAsync(client.GetStream()));
            client.Dispose();
        }

        Assert.True(device.IsConnected);
        Assert.True(door.Door.Log.CountOf("has not shown who it is in time (service.header.timeout)") > 0);
    }

    [Fact]
    public async Task Who_shows_a_certificate_and_says_nothing_more_is_thrown_out_in_time()
    {
        await using var door = await OpenAsync(newcomers: 200);
        using var client = await KnockAsync(door);
        await using var stream = await ShowCertificateAsync(door, client);

        Assert.True(await IsClosedAsync(stream));
    }

    [Fact]
    public async Task Of_one_address_only_so_many_are_on_their_way_in_and_who_is_in_is_none_of_them()
    {
        await using var door = await OpenAsync(newcomers: 2, TimeSpan.FromMinutes(5));
        var device = await door.ConnectAsync("c1");
        await door.ConnectAsync("c2");
        using var first = await KnockAsync(door);
        using var second = await KnockAsync(door);
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                using var more = await KnockAsync(door);
                return await IsClosedAsync(more.GetStream());
            },
            "a third one is turned away"
        );

        Assert.True(
            door.Door.Log.CountOf("2 connections that have not shown who they are (mqtt.embedded.newcomers)") > 0
        );
        await device.BeatAsync("c1");
        await Eventually.BecomesTrueAsync(() => door.Door.Intake.Stored.Any(), "the device is heard");
        first.Close();
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                try
                {
                    return (await door.TryConnectAsync(door.Issue("c3"), "c3")).Client.IsConnected;
                }
                catch (MQTTnet.Exceptions.MqttCommunicationException)
                {
                    return false;
                }
            },
            "there is a place again"
        );
    }

    [Fact]
    public async Task A_packet_that_claims_to_be_huge_ends_its_connection_before_room_is_made_for_it()
    {
        await using var door = await OpenAsync(newcomers: 200, TimeSpan.FromMinutes(5));
        var device = await door.ConnectAsync("c1");
        using var client = await KnockAsync(door);
        await using var stream = await ShowCertificateAsync(door, client);

        await stream.WriteAsync(HugePacket);

        Assert.True(await IsClosedAsync(stream));
        await device.BeatAsync("c1");
        await Eventually.BecomesTrueAsync(() => door.Door.Intake.Stored.Any(), "the device is heard");
    }

    [Fact]
    public async Task A_payload_over_the_bound_ends_the_connection_of_the_device_that_sends_it_also_without_TLS()
    {
        await using var door = await Door.OpenAsync();
        var device = await door.ConnectDeviceAsync("c1");
        var other = await door.ConnectDeviceAsync("c2");

        await Assert.ThrowsAnyAsync<Exception>(() =>
            device.SendAsync(
                "devices/health/c1",
                new string('x', door.Settings.Mqtt.PacketLimit),
                MqttQualityOfServiceLevel.AtLeastOnce
            )
        );

        await Eventually.BecomesTrueAsync(() => !device.IsConnected, "it is thrown out");
        await other.BeatAsync("c2");
        await Eventually.BecomesTrueAsync(() => door.Intake.Stored.Any(), "another one is heard");
    }

    private static Task<TlsDoor> OpenAsync(int newcomers, TimeSpan? patience = null) =>
        TlsDoor.OpenAsync(settings =>
        {
            settings.Mqtt.EmbeddedNewcomers = newcomers;
            // Long enough for a device on a busy machine.
            settings.Http.HeaderTimeout = patience ?? TimeSpan.FromSeconds(3);
        });

    private static async Task<TcpClient> KnockAsync(TlsDoor door)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", door.Door.Port);
        return client;
    }

    private static async Task<SslStream> ShowCertificateAsync(TlsDoor door, TcpClient client)
    {
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = [door.Issue(TlsDoor.Device)],
                CertificateChainPolicy = Trusting(door.Certificates.Authority),
            }
        );
        return stream;
    }

    private static X509ChainPolicy Trusting(string authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(authority);
        return policy;
    }

    private static async Task<bool> IsClosedAsync(Stream stream)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            return await stream.ReadAsync(new byte[1], limit.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
