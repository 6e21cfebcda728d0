using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Puts the devices' door into the service.</summary>
public static class MqttServices
{
    /// <summary>
    /// Adds the embedded broker, the connection, what takes messages in and what sends actions and desired properties. They start in this order and stop
    /// in the opposite one, so that what was stored is still acknowledged. Needed beside it: <see cref="Settings"/>, <see cref="TimeProvider"/>, and the seams of <c>Twins</c> (intake,
    /// outbox, counters, listening, organizations of devices). Starting throws <see cref="SetupException"/> where a setting or file is to be mended.
    /// </summary>
    /// <param name="services">The service's parts.</param>
    public static IServiceCollection AddMqtt(this IServiceCollection services) =>
        services
            .AddSingleton<BrokerStatus>()
            .AddSingleton<EmbeddedAdmission>()
            .AddSingleton<EmbeddedRights>()
            .AddSingleton<EmbeddedQueues>()
            .AddSingleton<EmbeddedBroker>()
            .AddSingleton<BrokerOptions>()
            .AddSingleton<RejectionLog>()
            .AddSingleton<InboundChannels>()
            .AddSingleton<HeardDevices>()
            .AddSingleton<StoreOutage>()
            .AddSingleton<FailedMessages>()
            .AddSingleton<PumpParts>()
            .AddSingleton<BrokerConnection>()
            .AddSingleton<BrokerPublisher>()
            .AddHostedService(provider => provider.GetRequiredService<EmbeddedBroker>())
            .AddHostedService(provider => provider.GetRequiredService<BrokerConnection>())
            .AddPump<SightingPump>()
            .AddHostedService<HeartbeatPump>()
            .AddPump<AnswerPump>()
            .AddPump<MetricsPump>()
            .AddPump<TwinTopicPump>()
            .AddHostedService<SetAsideRetry>()
            .AddHostedService<ActionSender>()
            .AddHostedService<DesiredSender>();

    private static IServiceCollection AddPump<TPump>(this IServiceCollection services)
        where TPump : class, IHostedService, ISetAsideHandler =>
        services
            .AddSingleton<TPump>()
            .AddSingleton<ISetAsideHandler>(provider => provider.GetRequiredService<TPump>())
            .AddHostedService(provider => provider.GetRequiredService<TPump>());
}
