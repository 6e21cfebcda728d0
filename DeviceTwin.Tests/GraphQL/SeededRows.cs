using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Groups;
using DeviceTwin.Data.Organizations;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Tests.GraphQL;

/// <summary>The rows of a <see cref="SeededFleet"/>: organization acme with d1 to d5 (d4 is deleted), organization other with x1.</summary>
internal static class SeededRows
{
    public const string Organization = "acme";

    public static readonly DateTime Noon = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>An instant of the morning.</summary>
    public static DateTime At(int hour, int minute) => Noon.Date.AddHours(hour).AddMinutes(minute);

    public static void AddTo(TwinDbContext context)
    {
        context.AddRange(Named(Organization), Named("other"));
        var devices = Devices();
        context.AddRange(devices);
        Group north = new()
        {
            OrganizationId = Organization,
            Name = "north",
            CreatedAt = At(9, 30),
        };
        Group all = new()
        {
            OrganizationId = Organization,
            Name = "all",
            CreatedAt = At(9, 31),
        };
        north.Devices.Add(devices[0]);
        all.Devices.Add(devices[0]);
        all.Devices.Add(devices[1]);
        context.AddRange(
            north,
            all,
            new Group
            {
                OrganizationId = "other",
                Name = "north",
                CreatedAt = At(9, 32),
            }
        );
        context.AddRange(Actions());
        context.SaveChanges();
        context.AddRange(SetAside("d1", 1), SetAside("d2", 2), SetAside("d1", 3));
        context.AddRange(
            Transition(devices[0], Connectivity.Online, At(9, 0)),
            Transition(devices[0], Connectivity.Offline, At(9, 20)),
            Transition(devices[0], Connectivity.Online, At(9, 40))
        );
        context.AddRange(
            Change("d1", ChangeKinds.Created | ChangeKinds.Summary, At(9, 0)),
            Change("d1", ChangeKinds.Connectivity, At(9, 0)),
            Change("d2", ChangeKinds.Created | ChangeKinds.OperatingSystem, At(9, 1)),
            Change("d1", ChangeKinds.Tags, At(9, 2)),
            Change("d4", ChangeKinds.Deleted, At(9, 3))
        );
    }

    public static Organization Named(string id) => new() { Id = id, CreatedAt = At(8, 0) };

    public static Device Device(string deviceId, string organizationId = Organization) =>
        new()
        {
            OrganizationId = organizationId,
            DeviceId = deviceId,
            CreatedAt = At(9, 0),
            Heartbeat = new DeviceHeartbeat(),
            Sync = new DeviceSync(),
        };

    public static Snap Snap(
        string name,
        int revision,
        string channel,
        string version = "2.0",
        string status = "active"
    ) =>
        new()
        {
            Name = name,
            Revision = revision,
            Channel = channel,
            Version = version,
            Status = status,
            Confinement = "strict",
        };

    public static DeviceAction Action(string actionId, string deviceId, ActionKind kind, ActionStatus status) =>
        new()
        {
            ActionId = actionId,
            OrganizationId = Organization,
            DeviceId = deviceId,
            Kind = kind,
            Status = status,
            CreatedAt = At(10, 0),
            UpdatedAt = At(10, 30),
            RequestedBy = "ann",
        };

    private static SetAsideItem SetAside(string deviceId, long id) =>
        new()
        {
            Id = id,
            Worker = WorkerNames.Heartbeats,
            Key = $"key-{id}",
            OrganizationId = Organization,
            DeviceId = deviceId,
            Reason = "it cannot be stored.",
            Payload = "{}"u8.ToArray(),
            Tries = 5,
            FirstFailedAt = At(10, 0),
            SetAsideAt = At(10, 1),
        };

    private static ConnectivityChange Transition(Device device, Connectivity connectivity, DateTime at) =>
        new()
        {
            TwinId = device.Id,
            Connectivity = connectivity,
            At = at,
        };

    private static TwinChange Change(string deviceId, ChangeKinds kinds, DateTime at) =>
        new()
        {
            OrganizationId = Organization,
            DeviceId = deviceId,
            Kinds = kinds,
            At = at,
            By = "ann",
        };

    private static List<Device> Devices()
    {
        var d1 = Device("d1");
        (d1.Brand, d1.Model, d1.Serial, d1.StoreId, d1.DeviceKey) = ("Acme", "gw-1", "S-100", "st-1", "key-1");
        d1.Tags = """{"site":{"name":"Berlin","floor":3},"tier":"gold","spare":true}""";
        d1.Heartbeat = Heard(At(10, 0), Connectivity.Online);
        d1.OperatingSystem = new DeviceOperatingSystem
        {
            Version = "2.66",
            Series = "16",
            OsId = "ubuntu-core",
            OsVersionId = "22",
            KernelVersion = "5.15",
        };
        d1.Metrics = new DeviceMetrics
        {
            MemoryTotalBytes = 8_345_640_960,
            MemoryUsedPercent = 28.106,
            CpuUserSeconds = 1234.5,
            At = At(10, 1),
        };
        var nats = Snap("nats", 5, "latest/edge", "1.2", "installed");
        nats.InstalledSize = 5_000_000_000;
        nats.InstalledAt = At(8, 30);
        nats.Config = """{"port":4222}""";
        nats.Services = """[{"name":"server","daemon":"simple","enabled":true,"active":false}]""";
        d1.Reported = Reported("""{"telemetry":{"interval":5},"on":true}""");
        d1.Snaps.Add(nats);
        d1.Snaps.Add(Snap("core20", 10, "latest/stable"));

        var d2 = Device("d2");
        (d2.Brand, d2.Model, d2.Serial, d2.StoreId, d2.CreatedAt) = ("acme", "gw-2", "S-200", "st-1", At(9, 1));
        d2.Tags = """{"site":{"floor":3.0,"name":"Bern"},"tier":"silver"}""";
        d2.Heartbeat = Heard(At(10, 5), Connectivity.Offline);
        d2.Reported = Reported("""{"telemetry":{"interval":5.0},"on":null}""");
        d2.Sync.Status = SyncStatus.Pending;
        d2.Snaps.Add(Snap("core20", 11, "latest/edge", "2.1"));

        var d3 = Device("d3");
        (d3.Brand, d3.Model, d3.Serial, d3.StoreId, d3.CreatedAt) = ("Bolt", "gw-1", "S-100x", "st-2", At(9, 2));
        (d3.Sync.Status, d3.Sync.Reason) = (SyncStatus.Failed, "no such snap");
        d3.Tags = """{"tier":null,"flags":[1,2]}""";

        var d4 = Device("d4");
        (d4.Brand, d4.Model, d4.CreatedAt, d4.DeletedAt) = ("Bolt", "gw-3", At(9, 3), At(11, 0));
        d4.Tags = """{"tier":"gold"}""";
        d4.Heartbeat = Heard(At(10, 10), Connectivity.Offline);
        d4.Snaps.Add(Snap("core20", 10, "latest/stable"));

        var d5 = Device("d5");
        (d5.Brand, d5.CreatedAt) = ("100%_Ä", At(9, 4));
        return [d1, d2, d3, d4, d5, Device("x1", "other")];
    }

    private static ReportedState Reported(string properties) =>
        new()
        {
            Properties = properties,
            Version = 1,
            UpdatedAt = Noon,
        };

    private static DeviceHeartbeat Heard(DateTime at, Connectivity connectivity) =>
        new()
        {
            HeartbeatAt = at,
            LastSeenAt = at.AddSeconds(1),
            Connectivity = connectivity,
        };

    private static List<DeviceAction> Actions()
    {
        var a1 = Action("a1", "d1", ActionKind.Install, ActionStatus.Completed);
        (a1.Snap, a1.Message, a1.SentAt, a1.ConfirmedAt) = ("nats", "100", At(10, 10), At(10, 40));
        var a2 = Action("a2", "d1", ActionKind.Setconf, ActionStatus.Failed);
        (a2.Snap, a2.Data, a2.Message, a2.CreatedAt) = ("nats", """{"port":1}""", "no such option", At(10, 1));
        var a3 = Action("a3", "d2", ActionKind.List, ActionStatus.Queued);
        (a3.CreatedAt, a3.ExpiresAt) = (At(10, 2), At(23, 0));
        var a4 = Action("a4", "d2", ActionKind.Refresh, ActionStatus.TimedOut);
        (a4.Snap, a4.CreatedAt) = ("core20", At(10, 3));
        var a5 = Action("a5", "d1", ActionKind.Device, ActionStatus.Cancelled);
        a5.CreatedAt = At(10, 4);
        var foreign = Action("x1-1", "x1", ActionKind.List, ActionStatus.Completed);
        foreign.OrganizationId = "other";
        return [a1, a2, a3, a4, a5, foreign];
    }
}
