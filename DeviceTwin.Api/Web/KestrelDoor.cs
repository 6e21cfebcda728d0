using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using DeviceTwin.Api.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace DeviceTwin.Api.Web;

/// <summary>What a connection has to keep to before it is a request: number, size, pace, TLS.</summary>
internal static class KestrelDoor
{
    private static readonly TimeSpan SlownessGrace = TimeSpan.FromSeconds(5);

    /// <summary>Opens the door.</summary>
    /// <param name="kestrel">The web server.</param>
    /// <param name="settings">Where, and the limits.</param>
    public static void Open(this KestrelServerOptions kestrel, Settings settings)
    {
        var (service, http) = (settings.Service, settings.Http);
        kestrel.AddServerHeader = false;
        var pace = http.Slowest == 0 ? null : new MinDataRate(http.Slowest, SlownessGrace);
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = http.Connections;
        limits.MaxRequestHeadersTotalSize = http.HeaderLimit;
        limits.MaxRequestLineSize = http.HeaderLimit;
        limits.RequestHeadersTimeout = http.HeaderTimeout;
        limits.MinRequestBodyDataRate = pace;
        limits.MinResponseDataRate = pace;
        // GraphQL's reader says it better when its limit is reached; this holds for every other path, and what reads no body.
        limits.MaxRequestBodySize = 2L * settings.GraphQL.BodyLimit;
        // A buffer holds at least one line.
        limits.MaxRequestBufferSize = Math.Max(limits.MaxRequestBufferSize ?? 0, http.HeaderLimit);
        kestrel.Listen(
            service.Address,
            service.Port,
            listen =>
            {
                LimitAddresses(listen, http);
                if (http.IsHttps)
                {
                    UseTls(listen, kestrel.ApplicationServices.GetRequiredService<ServerCertificate>(), http);
                }
            }
        );
    }

    private static void LimitAddresses(ListenOptions listen, HttpSettings http)
    {
        var places = new Places(http.ConnectionsOfAddress);
        var proxies = http.ProxyNetworks;
        listen.Use(next =>
            async connection =>
            {
                var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
                var isProxy = address is not null && proxies.Any(network => network.Contains(address));
                using var place = isProxy ? null : places.TryTake(CallSource.AddressOf(address));
                if (isProxy || place is not null)
                {
                    await next(connection);
                }
                else
                {
                    connection.Abort();
                }
            }
        );
    }

    private static void UseTls(ListenOptions listen, ServerCertificate certificate, HttpSettings http)
    {
        // What is wrong with the files is told before anything has started.
        _ = certificate.Current;
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = http.HeaderTimeout,
                OnConnection = _ =>
                    ValueTask.FromResult(
                        new SslServerAuthenticationOptions
                        {
                            ServerCertificateContext = certificate.Current,
#pragma warning disable CA5398 // The least version is what is wanted; newer ones are added here when there are any.
                            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
                        }
                    ),
            }
        );
    }
}
