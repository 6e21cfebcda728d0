using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Api.Twins.Jobs;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Api.Twins.SetAside;

namespace DeviceTwin.Api.Twins;

/// <summary>Registers what happens to twins.</summary>
public static class TwinServices
{
    /// <summary>Adds the intake, the wishes of people, and the work that goes on by itself.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddTwins(this IServiceCollection services) =>
        services
            .AddSingleton<FaultPoints>()
            .AddSingleton<WorkerProgress>()
            .AddSingleton<SetAsideReport>()
            .AddSingleton<SetAsideItems>()
            .AddSingleton<ISetAsideItems>(provider => provider.GetRequiredService<SetAsideItems>())
            .AddSingleton<SetAsideRequests>()
            .AddSingleton<Workers>()
            .AddSingleton<ServiceCounters>()
            .AddSingleton<Listening>()
            .AddSingleton<Questions>()
            .AddSingleton<Enrolling>()
            .AddSingleton<Sightings>()
            .AddSingleton<Confirmations>()
            .AddSingleton<SnapReports>()
            .AddSingleton<Identities>()
            .AddSingleton<NewTwins>()
            .AddSingleton<Answers>()
            .AddSingleton<AnswerBatches>()
            .AddSingleton<MetricsIntake>()
            .AddSingleton<IIntake, TwinIntake>()
            .AddSingleton<IDeviceOrganizations, DeviceOrganizations>()
            .AddSingleton<IOutbox, ActionOutbox>()
            .AddSingleton<IDesiredOutbox, DesiredOutbox>()
            .AddSingleton<ITwinTopics, TwinTopics>()
            .AddSingleton<ReportedPatches>()
            .AddSingleton<TwinDocuments>()
            .AddSingleton<ActionRequests>()
            .AddSingleton<Lifecycle>()
            .AddSingleton<Tags>()
            .AddSingleton<DeviceGroups>()
            .AddSingleton<SyncStates>()
            .AddSingleton<DeviceDesired>()
            .AddSingleton<SharedLayers>()
            .AddSingleton<JobRequests>()
            .AddHostedService<OfflineSweep>()
            .AddHostedService<ActionExpiry>()
            .AddHostedService<JobRunner>()
            .AddHostedService<LayerMarking>()
            .AddHostedService<MarkedDevices>()
            .AddHostedService<Reconciler>()
            .AddHostedService<Retention>();
}
