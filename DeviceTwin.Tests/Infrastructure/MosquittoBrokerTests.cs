using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace DeviceTwin.Tests.Infrastructure;

public sealed class MosquittoBrokerTests
{
    [Fact]
    public async Task A_broker_comes_back_on_its_port()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        using (var before = new TcpClient(broker.Host, broker.Port)) { }

        await broker.StopAsync();
        Assert.Throws<SocketException>(() => new TcpClient(broker.Host, broker.Port));

        await broker.RestartAsync();
        using var after = new TcpClient(broker.Host, broker.Port);
    }

    [Fact]
    public async Task A_broker_with_mutual_TLS_shows_a_certificate_of_the_tests_authority()
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(certificates.BrokerFiles);
        using var authority = X509CertificateLoader.LoadCertificateFromFile(certificates.Authority);
        using var client = X509Certificate2.CreateFromPemFile(certificates.Client, certificates.ClientKey);
        using var socket = new TcpClient(broker.Host, broker.Port);
        await using var stream = new SslStream(socket.GetStream());

        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = broker.Host,
                ClientCertificates = [client],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            }
        );

        Assert.True(stream.IsMutuallyAuthenticated);
    }
}
