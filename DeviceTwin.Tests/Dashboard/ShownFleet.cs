using DeviceTwin.Data.SetAside;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Host;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Dashboard;

/// <summary>A service with a fleet that has something to show on every page.</summary>
public sealed class ShownFleet : IAsyncLifetime
{
    internal TwinHost Host { get; private set; } = null!;

    /// <summary>A job that has ended.</summary>
    internal string JobId { get; private set; } = "";

    /// <summary>A model that there is.</summary>
    internal string Model { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Host = await TwinHost.StartAsync(output: null);
        var fleet = Host.CreateFleet(
            new SimulatorOptions
            {
                Devices = 25,
                Interval = TimeSpan.FromSeconds(1),
                SnapdDelay = TimeSpan.Zero,
            }
        );
        fleet.Start();
        foreach (var agent in fleet.Agents)
        {
            await Host.FindTwinAsync(agent.DeviceId, twin => twin.Snaps.Count > 0);
        }

        Model = fleet["device-0001"].Device.Model;
        var data = await Host.QueryAsync(
            """
            mutation {
              createGroup(input: {organizationId: "demo", name: "berlin"}) { errors { __typename } }
              addDevicesToGroup(input: {organizationId: "demo", name: "berlin", deviceIds: ["device-0001", "device-0002", "device-0003"]}) {
                errors { __typename }
              }
              setGroupDesiredState(input: {
                organizationId: "demo", name: "berlin", priority: 10, properties: {telemetry: {interval: 30}}
                snaps: [{name: "htop", channel: "latest/stable"}]
              }) { errors { __typename } }
              patchTags(input: {organizationId: "demo", deviceId: "device-0001", patch: {site: {name: "Berlin", floor: 3}}}) {
                errors { __typename }
              }
              startJob(input: {organizationId: "demo", kind: REFRESH, snap: "nats", concurrency: 2, where: {}}) {
                job { jobId } errors { __typename }
              }
            }
            """
        );
        await using var context = await Host.OpenStoreAsync();
        context.AddRange(SetAside("injected by the test"), SetAside("to be dropped"));
        await context.SaveChangesAsync();
        JobId = data.GetProperty("startJob").GetProperty("job").GetProperty("jobId").GetString()!;
    }

    private static SetAsideItem SetAside(string reason) =>
        new()
        {
            Worker = WorkerNames.TwinTopics,
            Key = reason,
            OrganizationId = "demo",
            DeviceId = "device-0001",
            Reason = reason,
            Payload = "{}"u8.ToArray(),
            Tries = 5,
            FirstFailedAt = DateTime.UtcNow,
            SetAsideAt = DateTime.UtcNow,
        };

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
