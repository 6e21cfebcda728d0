using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Events;

/// <summary>Registers the events.</summary>
public static class EventServices
{
    /// <summary>Adds the change log's reader and tail, and the feeds of changes, heartbeats and fleet counts.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddEvents(this IServiceCollection services) =>
        services
            .AddSingleton<ChangeLog>()
            .AddSingleton<ChangeFeed>()
            .AddSingleton<HeartbeatRate>()
            .AddSingleton<HeartbeatFeed>()
            .AddSingleton<IHeartbeatPublisher>(provider => provider.GetRequiredService<HeartbeatFeed>())
            .AddSingleton<FleetSummaries>()
            .AddSingleton<JobFeed>()
            .AddSingleton<FleetHistory>()
            .AddHostedService(provider => provider.GetRequiredService<FleetHistory>())
            .AddHostedService<ChangeTail>();
}
