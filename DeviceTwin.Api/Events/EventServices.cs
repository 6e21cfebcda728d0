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
            .AddSingleton<FleetSummaries>()
            .AddSingleton<JobFeed>()
            .AddHostedService<ChangeTail>();
}
