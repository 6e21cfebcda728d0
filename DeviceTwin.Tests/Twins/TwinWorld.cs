using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Events;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Twins;

/// <summary>The core over a real store and a clock that the test moves: messages go in as records, actions come out of the outbox.</summary>
public sealed class TwinWorld : IAsyncDisposable
{
    private readonly TestStore store;
    private readonly ServiceProvider services;
    private readonly bool isFirst;

    private TwinWorld(TestStore store, FakeTimeProvider clock, Settings settings, bool isFirst)
    {
        this.store = store;
        this.isFirst = isFirst;
        Clock = clock;
        Settings = settings;
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton(Settings)
            .AddSingleton<IInterceptor>(Commands)
            .AddTwinStore(store.Options)
            .AddEvents()
            .AddTwins()
            .BuildServiceProvider();
        Get<Listening>().Begin();
    }

    public const string Organization = "abc";

    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    public FakeTimeProvider Clock { get; }

    /// <summary>Every SQL command that the core ran.</summary>
    public SqlCommands Commands { get; } = new();

    public DateTime Now => Clock.GetUtcNow().UtcDateTime;

    public Settings Settings { get; }

    public IIntake Intake => Get<IIntake>();

    public IOutbox Outbox => Get<IOutbox>();

    public ActionRequests Requests => Get<ActionRequests>();

    public static async Task<TwinWorld> CreateAsync(StoreKind kind) =>
        new(await TestStore.CreateAsync(kind), new FakeTimeProvider(Start), new Settings(), isFirst: true);

    /// <summary>A second process at the same store and the same clock, or the same one after a restart. Dispose it before the first.</summary>
    public TwinWorld Again() => new(store, Clock, Settings, isFirst: false);

    public TService Get<TService>()
        where TService : notnull => services.GetRequiredService<TService>();

    public TwinStore Store => Get<TwinStore>();

    public Task<TwinDbContext> OpenAsync() => Store.OpenAsync(CancellationToken.None);

    /// <summary>Runs a round of work that a background service would do.</summary>
    public async Task RunAsync<TWork>()
        where TWork : RepeatedWork
    {
        var work = ActivatorUtilities.CreateInstance<TWork>(services);
        while (await work.RunAsync(CancellationToken.None)) { }
    }

    public async Task<SightingOutcome> HearAsync(
        string deviceId,
        DateTime? heartbeatAt = null,
        string? organizationId = Organization,
        string? snapListHash = null
    ) => (await StoreAsync([new Sighting(deviceId, organizationId, heartbeatAt ?? Now, Now, snapListHash)]))[0];

    /// <summary>Stores a batch as the pumps do: first what is usual, then what is not.</summary>
    public async Task<IReadOnlyList<SightingOutcome>> StoreAsync(IReadOnlyList<Sighting> batch)
    {
        var usual = await Intake.StoreUsualAsync(batch, CancellationToken.None);
        int[] others = [.. Enumerable.Range(0, batch.Count).Except(usual)];
        var rest =
            others.Length > 0
                ? await Intake.StoreAsync([.. others.Select(place => batch[place])], CancellationToken.None)
                : [];
        var outcomes = Enumerable.Repeat(SightingOutcome.Stored, batch.Count).ToArray();
        foreach (var (place, outcome) in others.Zip(rest))
        {
            outcomes[place] = outcome;
        }

        return outcomes;
    }

    /// <summary>Claims and marks as sent all that is due, as the sender does.</summary>
    public async Task<IReadOnlyList<OutgoingAction>> SendAsync()
    {
        var sent = new List<OutgoingAction>();
        while (await Outbox.ClaimAsync(100) is { Count: > 0 } claimed)
        {
            await Outbox.MarkSentAsync(claimed, CancellationToken.None);
            sent.AddRange(claimed);
        }

        return sent;
    }

    public Task<string?> AnswerAsync(
        OutgoingAction action,
        AnswerResult? result = null,
        bool success = true,
        string message = ""
    ) => AnswerAsync(action.DeviceId, action.ActionId, action.Kind, result, success, message);

    public Task<string?> AnswerAsync(
        string deviceId,
        string actionId,
        ActionKind kind,
        AnswerResult? result = null,
        bool success = true,
        string message = ""
    ) =>
        Intake.ApplyAsync(
            new Answer(deviceId, actionId, kind.ToProtocol(), success, message, result, Now),
            CancellationToken.None
        );

    /// <summary>A device that is heard, tells who it is and what snaps it has.</summary>
    public async Task EnrollAsync(string deviceId, params SnapReport[] snaps)
    {
        await HearAsync(deviceId);
        await IntroduceAsync(deviceId, snaps);
        await HearAsync(deviceId);
    }

    /// <summary>A device that was heard answers who it is and what snaps it has.</summary>
    public async Task IntroduceAsync(string deviceId, params SnapReport[] snaps)
    {
        foreach (var action in await SendAsync())
        {
            AnswerResult? result = action.Kind switch
            {
                ActionKind.Device => Identity(deviceId),
                ActionKind.List => new SnapListResult(snaps, null, null),
                _ => null,
            };
            Assert.Null(await AnswerAsync(action, result));
        }
    }

    /// <summary>Asks for an action, sends it and lets the device answer with success.</summary>
    public async Task<OutgoingAction> DoAsync(
        string deviceId,
        ActionKind kind,
        string? snap = null,
        string? data = null
    )
    {
        var requested = await RequestAsync(deviceId, kind, snap, data);
        var sent = Assert.Single(await SendAsync(), action => action.ActionId == requested.ActionId);
        Assert.Null(await AnswerAsync(sent, message: "100"));
        return sent;
    }

    public async Task<DeviceAction> RequestAsync(
        string deviceId,
        ActionKind kind,
        string? snap = null,
        string? data = null
    )
    {
        var outcome = await Requests.RequestAsync(
            new ActionRequest(Organization, deviceId, kind, snap, data),
            "ann",
            CancellationToken.None
        );
        Assert.Null(outcome.Error);
        return outcome.Value!;
    }

    public async Task<Device?> DeviceAsync(string deviceId)
    {
        await using var context = await OpenAsync();
        return await context
            .Devices.AsNoTracking()
            .Include(device => device.Heartbeat)
            .Include(device => device.OperatingSystem)
            .Include(device => device.Snaps.OrderBy(snap => snap.Name))
            .Include(device => device.Groups)
            .AsSplitQuery()
            .SingleOrDefaultAsync(device => device.DeviceId == deviceId);
    }

    public async Task<DeviceAction> ActionAsync(string actionId)
    {
        await using var context = await OpenAsync();
        return await context.Actions.AsNoTracking().SingleAsync(action => action.ActionId == actionId);
    }

    public async Task<List<DeviceAction>> ActionsAsync(string deviceId)
    {
        await using var context = await OpenAsync();
        return await context
            .Actions.AsNoTracking()
            .Where(action => action.DeviceId == deviceId)
            .OrderBy(action => action.Id)
            .ToListAsync();
    }

    public async Task<List<TwinChange>> ChangesAsync(string deviceId)
    {
        await using var context = await OpenAsync();
        return await context
            .Changes.AsNoTracking()
            .Where(change => change.DeviceId == deviceId)
            .OrderBy(change => change.Id)
            .ToListAsync();
    }

    public static DeviceResult Identity(string deviceId, string model = "gateway-1") =>
        new(Organization, deviceId, "acme", model, "S-" + deviceId, "store-1", null, System(deviceId));

    public static OperatingSystemResult System(string deviceId, string kernel = "5.15.0") =>
        new(deviceId, "2.66", "16", "ubuntu-core", "22", false, kernel);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        if (isFirst)
        {
            await store.DisposeAsync();
        }
    }
}
