using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// What a client of the embedded broker with TLS may publish and subscribe to. <see cref="EmbeddedAdmission"/> has made sure that
/// its client id is the device's, so a device cannot speak for another one, nor hear what another one is told.
/// </summary>
internal sealed class EmbeddedRights
{
    private const string MetricsPrefix = "metrics/";
    private const string OrderPrefix = "devices/sub/";
    private const string TwinPrefix = "devices/twin/";

    private static readonly TopicPattern OrderTopic = new($"{OrderPrefix}+", "devices/sub");

    private readonly string service;
    private readonly IDeviceOrganizations organizations;
    private readonly RejectionLog rejections;
    private readonly TopicPattern[] spoken;

    /// <summary>Makes the rules from the topics that the settings name.</summary>
    /// <param name="settings">Name topics, and the service's client id.</param>
    /// <param name="organizations">Says which organization a device belongs to.</param>
    /// <param name="rejections">Is told of refusals.</param>
    /// <exception cref="SetupException">A topic filter has no place for the device's id.</exception>
    public EmbeddedRights(Settings settings, IDeviceOrganizations organizations, RejectionLog rejections)
    {
        this.organizations = organizations;
        this.rejections = rejections;
        service = settings.Mqtt.ClientId;
        spoken =
        [
            new(settings.Mqtt.HealthTopic, "mqtt.topic.health"),
            new(settings.Mqtt.AnswerTopic, "mqtt.topic.pub"),
            new($"{TwinPrefix}+/reported", "reported"),
            new($"{TwinPrefix}+/get", "get"),
        ];
    }

    /// <summary>Lets a message through, or keeps it.</summary>
    /// <param name="message">The message; a client's last will is one, too.</param>
    public Task CheckAsync(InterceptingPublishEventArgs message)
    {
        var topic = message.ApplicationMessage.Topic ?? "";
        if (message.ClientId == service)
        {
            return Task.CompletedTask;
        }

        // What a device sends is for now: nothing of it is kept for later subscribers.
        message.ApplicationMessage.Retain = false;
        foreach (var pattern in spoken)
        {
            if (pattern.IsOf(topic, message.ClientId))
            {
                return Task.CompletedTask;
            }
        }

        if (topic.StartsWith(MetricsPrefix, StringComparison.Ordinal))
        {
            return CheckMetricsAsync(message, topic);
        }

        Refuse(message, $"it may not publish to {topic}");
        return Task.CompletedTask;
    }

    /// <summary>Lets a subscription through, or refuses it.</summary>
    /// <param name="subscription">The subscription.</param>
    public Task CheckAsync(InterceptingSubscriptionEventArgs subscription)
    {
        var filter = subscription.TopicFilter.Topic ?? "";
        if (subscription.ClientId != service && !MayHear(filter, subscription.ClientId))
        {
            subscription.ProcessSubscription = false;
            subscription.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
            rejections.Reject(subscription.ClientId, $"it may not subscribe to {filter}");
        }

        return Task.CompletedTask;
    }

    private static bool MayHear(string filter, string deviceId) =>
        OrderTopic.IsOf(filter, deviceId)
        || IsBelow(OrderPrefix, filter, deviceId)
        || IsBelow(TwinPrefix, filter, deviceId);

    // Below its own level a wildcard reaches nothing of others'.
    private static bool IsBelow(string prefix, string filter, string deviceId) =>
        filter.Length > prefix.Length + deviceId.Length + 1
        && filter.StartsWith(prefix, StringComparison.Ordinal)
        && filter.AsSpan(prefix.Length).StartsWith(deviceId, StringComparison.Ordinal)
        && filter[prefix.Length + deviceId.Length] == '/';

    private async Task CheckMetricsAsync(InterceptingPublishEventArgs message, string topic)
    {
        try
        {
            var organization = await organizations.FindAsync(message.ClientId, message.CancellationToken);
            if (organization is null)
            {
                Refuse(message, "it is not known yet and may not publish metrics");
            }
            else if (!topic.AsSpan(MetricsPrefix.Length).SequenceEqual(organization))
            {
                Refuse(message, $"it may not publish to {topic}: it is of another organization");
            }
        }
        catch (Exception away) when (StoreFault.IsUnreachable(away))
        {
            Refuse(message, "its organization cannot be looked up while the store is away");
        }
    }

    // MQTT 5 tells the client; before, there is no way to.
    private void Refuse(InterceptingPublishEventArgs message, string reason)
    {
        message.ProcessPublish = false;
        message.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
        rejections.Reject(message.ClientId, reason);
    }
}
