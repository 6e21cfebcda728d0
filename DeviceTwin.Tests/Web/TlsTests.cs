using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DeviceTwin.Api.Commands;
using DeviceTwin.Api.Web;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Web;

public sealed class TlsTests : IDisposable
{
    // For localhost nothing is said of HTTPS: it would bind every other program there, too.
    private const string Name = "twin.example.org";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-tls-");
    private readonly TestCertificates issued = new(Name);

    private string Certificate => Path.Combine(folder.FullName, "tls.crt");

    private string Key => Path.Combine(folder.FullName, "tls.key");

    public void Dispose()
    {
        issued.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task With_a_certificate_the_door_is_HTTPS_which_browsers_are_told_to_keep_to(string version)
    {
        await using var door = await StartAsync();
        using var client = ClientOf(door);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql")
        {
            Content = JsonContent.Create(new { query = DoorHost.Typename }),
            Version = new Version(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("https", door.Address.Scheme);
        Assert.Equal(["max-age=31536000"], answer.Headers.GetValues("Strict-Transport-Security"));
    }

    [Fact]
    public async Task WebSockets_and_event_streams_go_over_HTTPS()
    {
        await using var door = await StartAsync();
        using var client = ClientOf(door);
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        client.DefaultRequestVersion = HttpVersion.Version20;
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");

        await socket.ConnectAsync(new Uri($"wss://{Name}/graphql"), client, CancellationToken.None);
        var stream = await client.GetStringAsync(new Uri($"/graphql?query={DoorHost.Typename}", UriKind.Relative));

        Assert.Equal("graphql-transport-ws", socket.SubProtocol);
        Assert.StartsWith("event: next", stream, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_without_a_restart_and_a_broken_one_is_not()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var door = await StartAsync(clock);
        var first = await ShownAsync(door);
        using var renewed = new TestCertificates();

        // Half of a renewal: the certificate of one with the key of the other.
        File.Copy(renewed.Broker, Certificate, overwrite: true);
        clock.Advance(ServerCertificate.LookAgainAfter);
        Assert.Equal(first, await ShownAsync(door));
        Assert.True(door.Twin.Log.Contains("The certificate for HTTPS was not renewed"));

        File.Copy(renewed.BrokerKey, Key, overwrite: true);
        Assert.Equal(first, await ShownAsync(door));
        clock.Advance(ServerCertificate.LookAgainAfter);
        Assert.Equal(SerialOf(renewed.Broker), await ShownAsync(door));
    }

    [Fact]
    public async Task Older_versions_than_TLS_1_2_are_not_spoken()
    {
        await using var door = await StartAsync();

        // The handshake of TLS 1.1, which no client here can be told to send.
        using var client = new TcpClient();
        await client.ConnectAsync(door.Address.Host, door.Address.Port);
        await client.GetStream().WriteAsync(ClientHelloOf(minorVersion: 2));
        var answer = new byte[7];
        var read = await client.GetStream().ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false);

        // Nothing, or an alert (21) of level fatal (2): never a ServerHello (22).
        Assert.True(read == 0 || (answer[0], answer[5]) == (21, 2), Convert.ToHexString(answer));
        await ShownAsync(door);
    }

    [Fact]
    public async Task The_question_for_health_is_asked_over_HTTPS_too()
    {
        await using var door = await StartAsync();
        door.Twin.Settings.Service.Port = door.Address.Port;
        await Eventually.BecomesTrueAsync(() => door.Twin.IsConnected, "the broker is connected");
        await using var output = new StringWriter();

        Assert.Equal(0, await HealthQuestion.AskAsync(door.Twin.Settings, output));
        Assert.Contains("\"healthy\":true", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, null, "tls.crt is missing (service.tls.certificate)")]
    [InlineData(false, null, "tls.key is missing (service.tls.key)")]
    [InlineData(true, "nothing", "tls.crt is not a PEM file with a certificate")]
    [InlineData(false, "nothing", "tls.key is not a PEM file with a private key")]
    public async Task Files_that_cannot_be_used_stop_the_start_with_one_line(
        bool isCertificate,
        string? text,
        string why
    )
    {
        var fault = await Assert.ThrowsAsync<SetupException>(() =>
            StartAsync(prepare: () =>
            {
                var file = isCertificate ? Certificate : Key;
                File.Delete(file);
                if (text is not null)
                {
                    File.WriteAllText(file, text);
                }
            })
        );

        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(fault.Message, char.IsControl);
    }

    private Task<DoorHost> StartAsync(TimeProvider? clock = null, Action? prepare = null)
    {
        File.Copy(issued.Broker, Certificate);
        File.Copy(issued.BrokerKey, Key);
        prepare?.Invoke();
        return DoorHost.StartAsync(
            settings =>
            {
                (settings.Http.Certificate, settings.Http.CertificateKey) = (Certificate, Key);
                settings.Http.Hosts = $"{Name}, 127.0.0.1";
            },
            clock
        );
    }

    private static async Task<string> ShownAsync(DoorHost door)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(door.Address.Host, door.Address.Port);
        string? shown = null;
        await using var tls = new SslStream(
            client.GetStream(),
            leaveInnerStreamOpen: false,
            (_, certificate, _, _) =>
            {
                shown = certificate?.GetSerialNumberString();
                return shown is not null;
            }
        );
        await tls.AuthenticateAsClientAsync("localhost");
        return shown!;
    }

    private static string SerialOf(string file)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        return certificate.GetSerialNumberString();
    }

    /// <summary>A client that finds the service by its name, and trusts the authority of its certificate.</summary>
    private HttpClient ClientOf(DoorHost door)
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(issued.Authority);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(authority);
        handler.ConnectCallback = async (_, cancellationToken) =>
        {
            var connection = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await connection.ConnectAsync(door.Address.Host, door.Address.Port, cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"https://{Name}") };
    }

    private static byte[] ClientHelloOf(byte minorVersion)
    {
        byte[] hello =
        [
            3,
            minorVersion,
            .. Encoding.ASCII.GetBytes(new string('r', 32)),
            0, // no session
            0,
            4, // two cipher suites of that time, both with SHA-1
            0xC0,
            0x13,
            0xC0,
            0x09,
            1, // no compression
            0,
        ];
        return [22, 3, 1, 0, (byte)(hello.Length + 4), 1, 0, 0, (byte)hello.Length, .. hello];
    }
}
