using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt.Messages;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Who may connect to the embedded broker under which client id. With TLS the id is the common name of the client's certificate,
/// so that everything after may go by it. The service's own id belongs to whoever knows a secret that never leaves this process.
/// </summary>
/// <param name="settings">Name the service's client id, and say whether there is TLS.</param>
/// <param name="rejections">Is told of refusals.</param>
internal sealed class EmbeddedAdmission(Settings settings, RejectionLog rejections)
{
    private const string CommonName = "2.5.4.3";

    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, Connected> connected = new(StringComparer.Ordinal);

    /// <summary>The password of the service's own connection, made anew at each start.</summary>
    public byte[] Secret => [.. secret];

    /// <summary>Admits or refuses a client.</summary>
    /// <param name="client">Who it is.</param>
    public Task CheckAsync(ValidatingConnectionEventArgs client)
    {
        if (FindFault(client) is { } fault)
        {
            client.ReasonCode = MqttConnectReasonCode.NotAuthorized;
            rejections.Reject(client.ClientId ?? "", fault);
        }

        return Task.CompletedTask;
    }

    /// <summary>Lets another certificate of the same name take the id of a client that has gone.</summary>
    /// <param name="gone">The client.</param>
    public Task ForgetAsync(ClientDisconnectedEventArgs gone)
    {
        // One that was taken over is gone, too, but its id is another connection's by now.
        if (connected.TryGetValue(gone.ClientId, out var client) && client.From.Equals(gone.RemoteEndPoint))
        {
            connected.TryRemove(KeyValuePair.Create(gone.ClientId, client));
        }

        return Task.CompletedTask;
    }

    private string? FindFault(ValidatingConnectionEventArgs client)
    {
        if (client.ClientId == settings.Mqtt.ClientId)
        {
            return
                !client.IsSecureConnection && CryptographicOperations.FixedTimeEquals(client.RawPassword ?? [], secret)
                ? null
                : "its client id is the service's own";
        }

        if (!settings.Mqtt.EmbeddedTls)
        {
            return null;
        }

        // The port without TLS is there for the service alone.
        if (!client.IsSecureConnection || client.ClientCertificate is null)
        {
            return "it showed no certificate";
        }

        return FindFault(client.ClientId, client.ClientCertificate, client.RemoteEndPoint);
    }

    private string? FindFault(string? clientId, X509Certificate2 certificate, EndPoint from)
    {
        if (NameOf(certificate) is not { } name || name != clientId)
        {
            return $"its client id is not the common name of its certificate ({certificate.Subject})";
        }

        try
        {
            Identifier.CheckedDevice(clientId, "its client id");
        }
        catch (MalformedMessageException malformed)
        {
            return malformed.Message;
        }

        var now = new Connected(certificate.Thumbprint, from);
        var holder = connected.AddOrUpdate(
            clientId,
            now,
            (_, before) => before.Thumbprint == now.Thumbprint ? now : before
        );
        return holder == now ? null : "its client id is in use by a client with another certificate";
    }

    // A certificate with several common names is several clients: it is nobody's.
    private static string? NameOf(X509Certificate2 certificate)
    {
        string? name = null;
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements || (name is not null && part.GetSingleElementType().Value == CommonName))
            {
                return null;
            }

            if (part.GetSingleElementType().Value == CommonName)
            {
                name = part.GetSingleElementValue();
            }
        }

        return name;
    }

    private sealed record Connected(string Thumbprint, EndPoint From);
}
