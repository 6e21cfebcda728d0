using System.Text.Json;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins.Desired;

/// <summary>What a device does about an action that it gets.</summary>
internal enum Reply
{
    /// <summary>Does it and says so.</summary>
    Does,

    /// <summary>Does nothing and says why.</summary>
    Refuses,

    /// <summary>Says that it did it, and did nothing.</summary>
    Pretends,

    /// <summary>Does nothing and says nothing.</summary>
    Ignores,
}

/// <summary>Devices that answer as agents do, and the background work that brings them to what is desired, tick by tick of a clock.</summary>
internal sealed class DesiredWorld : IAsyncDisposable
{
    public const string Device = "c333";
    public const string Refusal = "snap not found";

    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, ModelSnapd> snapds = [];
    private readonly HashSet<string> away = [];

    private readonly Stack<TwinWorld> worlds = new();

    private DesiredWorld(TwinWorld world) => worlds.Push(world);

    public TwinWorld World => worlds.Peek();

    /// <summary>What devices do about actions that change something.</summary>
    public Func<OutgoingAction, Reply> Replies { get; set; } = _ => Reply.Does;

    /// <summary>All that was sent to devices, with the instant.</summary>
    public List<(DateTime At, OutgoingAction Action)> Sent { get; } = [];

    /// <summary>What was sent to devices to change something, as <c>install nats</c>.</summary>
    public IEnumerable<string> Steps => Changing.Select(sent => Line(sent.Action));

    public IEnumerable<(DateTime At, OutgoingAction Action)> Changing =>
        Sent.Where(sent => sent.Action.Kind.ChangesSnaps());

    public DeviceDesired Own => World.Get<DeviceDesired>();

    public SharedLayers Shared => World.Get<SharedLayers>();

    /// <summary>What is installed on a device, to change it by hand.</summary>
    public ModelSnapd Snapd(string deviceId) => snapds[deviceId];

    public static async Task<DesiredWorld> CreateAsync(StoreKind kind) => new(await TwinWorld.CreateAsync(kind));

    public async Task EnrollAsync(string deviceId, params Snap[] snaps)
    {
        snapds[deviceId] = new ModelSnapd(snaps, listsChannelOfRevision: false);
        await World.EnrollAsync(deviceId, [.. snaps.Select(Report)]);
    }

    public static LayerKey Key(string name, int? ifVersion = null, string by = "ann") =>
        new(TwinWorld.Organization, name, ifVersion, by);

    public async Task WantAsync(string deviceId, params DesiredSnap[] snaps) =>
        Assert.Null((await Own.SetSnapsAsync(Key(deviceId), snaps, CancellationToken.None)).Error);

    public void Leave(string deviceId) => away.Add(deviceId);

    public async Task ReturnAsync(string deviceId)
    {
        away.Remove(deviceId);
        await World.HearAsync(deviceId);
    }

    /// <summary>Works out all that is marked.</summary>
    public async Task MarkAsync()
    {
        await World.RunAsync<LayerMarking>();
        await World.RunAsync<MarkedDevices>();
    }

    /// <summary>Some time passes; devices are heard, background work is done, what is due is sent and answered.</summary>
    public async Task TickAsync(int times = 1)
    {
        for (; times > 0; times--)
        {
            World.Clock.Advance(Tick);
            foreach (var deviceId in snapds.Keys.Where(deviceId => !away.Contains(deviceId)))
            {
                await World.HearAsync(deviceId);
            }

            await World.RunAsync<OfflineSweep>();
            await World.RunAsync<ActionExpiry>();
            await MarkAsync();
            await World.RunAsync<Reconciler>();
            await AssertOneAtATimeAsync();
            foreach (var action in await World.SendAsync())
            {
                Sent.Add((World.Now, action));
                await AnswerAsync(action);
            }
        }
    }

    /// <summary>Time passes until a device is as far as is said, or has been given long enough.</summary>
    public async Task UntilAsync(string deviceId, SyncStatus status)
    {
        for (var ticks = 0; (await SyncAsync(deviceId)).Status != status; ticks++)
        {
            Assert.True(ticks < 2_000, $"{deviceId} never became {status}; steps: {string.Join(", ", Steps)}");
            await TickAsync();
        }
    }

    public async Task<DeviceSync> SyncAsync(string deviceId)
    {
        await using var context = await World.OpenAsync();
        return await context
            .Devices.Where(device => device.DeviceId == deviceId)
            .Select(device => device.Sync)
            .AsNoTracking()
            .SingleAsync();
    }

    /// <summary>The next tick is another process's.</summary>
    public void Restart() => worlds.Push(World.Again());

    public static string Line(OutgoingAction action) =>
        $"{action.Kind.ToProtocol()} {action.Snap} {action.Data}".TrimEnd();

    public async ValueTask DisposeAsync()
    {
        while (worlds.TryPop(out var world))
        {
            await world.DisposeAsync();
        }
    }

    private async Task AnswerAsync(OutgoingAction action)
    {
        if (away.Contains(action.DeviceId))
        {
            return;
        }

        var snapd = snapds[action.DeviceId];
        if (action.Kind == ActionKind.List)
        {
            await World.AnswerAsync(action, new SnapListResult([.. snapd.List.Select(Report)], null, null));
            return;
        }

        var reply = Replies(action);
        if (reply == Reply.Does)
        {
            snapd.Do(new Step(action.Kind, action.Snap!, action.Data));
        }

        if (reply != Reply.Ignores)
        {
            var success = reply != Reply.Refuses;
            Assert.Null(await World.AnswerAsync(action, success: success, message: success ? "100" : Refusal));
        }
    }

    private async Task AssertOneAtATimeAsync()
    {
        await using var context = await World.OpenAsync();
        var open = await ActionStatements
            .Open(context)
            .Where(action => !action.IsQuestion)
            .GroupBy(action => action.DeviceId)
            .Where(device => device.Count(action => action.IsReconciliation) > 1)
            .Select(device => device.Key)
            .ToListAsync();
        Assert.Empty(open);
    }

    public static SnapReport Report(Snap snap) =>
        new()
        {
            Name = snap.Name,
            Channel = snap.Channel,
            Revision = snap.Revision,
            Status = snap.Status,
            Config = snap.Config,
            Services = JsonSerializer.Deserialize(snap.Services, TwinJson.Default.IReadOnlyListSnapService),
        };
}
