using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Organizations;

namespace DeviceTwin.Tests.Data;

/// <summary>Rows that the tests of the store need.</summary>
internal static class Rows
{
    public static readonly DateTime Instant = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static Task AddOrganization(TwinDbContext context, string id)
    {
        context.Organizations.Add(new Organization { Id = id, CreatedAt = Instant });
        return Task.CompletedTask;
    }

    public static Device Device(string deviceId, string tags = "{}") =>
        new()
        {
            OrganizationId = "acme",
            DeviceId = deviceId,
            CreatedAt = Instant,
            Tags = tags,
            Heartbeat = new DeviceHeartbeat(),
            Sync = new DeviceSync(),
        };

    public static TwinChange Change(string deviceId) =>
        new()
        {
            OrganizationId = "acme",
            DeviceId = deviceId,
            Kinds = ChangeKinds.Tags,
            At = Instant,
            By = TwinChange.ByService,
        };
}
