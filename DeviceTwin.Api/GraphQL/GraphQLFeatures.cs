using DeviceTwin.Api.GraphQL.Actions;
using DeviceTwin.Api.GraphQL.Desired;
using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.GraphQL.Groups;
using DeviceTwin.Api.GraphQL.Jobs;
using DeviceTwin.Api.GraphQL.Live;
using DeviceTwin.Api.GraphQL.SetAside;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.GraphQL;

/// <summary>Registers what the fields of the API need.</summary>
public static class GraphQLFeatures
{
    /// <summary>Adds loaders (one for each request, or event), readers, node resolvers and streams.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddGraphQLFeatures(this IServiceCollection services) =>
        services
            .AddScoped<DeviceLoader>()
            .AddScoped<OperatingSystemLoader>()
            .AddScoped<MetricsLoader>()
            .AddScoped<SnapsLoader>()
            .AddScoped<DeviceGroupsLoader>()
            .AddScoped<ConnectivityHistoryLoader>()
            .AddScoped<ReportedStateLoader>()
            .AddScoped<TwinStateLoader>()
            .AddScoped<SyncLoader>()
            .AddScoped<LayerLoader>()
            .AddScoped<GroupLoader>()
            .AddScoped<ActionLoader>()
            .AddScoped<JobLoader>()
            .AddScoped<SetAsideItemLoader>()
            .AddScoped<DeviceActionsReader>()
            .AddScoped<INodeResolver>(scope => scope.GetRequiredService<DeviceLoader>())
            .AddScoped<INodeResolver>(scope => scope.GetRequiredService<GroupLoader>())
            .AddScoped<INodeResolver>(scope => scope.GetRequiredService<ActionLoader>())
            .AddScoped<INodeResolver>(scope => scope.GetRequiredService<JobLoader>())
            .AddScoped<INodeResolver>(scope => scope.GetRequiredService<SetAsideItemLoader>())
            .AddSingleton<DeviceLookups>()
            .AddSingleton<DeviceReader>()
            .AddSingleton<ActionReader>()
            .AddSingleton<DeviceDoor>()
            .AddSingleton<ActionDoor>()
            .AddSingleton<ChangeStreams>()
            .AddSingleton<HeartbeatStreams>()
            .AddSingleton<LiveDevices>()
            .AddSingleton<LiveActions>();
}
