using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Twins.SetAside;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>The message for one device cannot be sent, by a service with its store and a broker.</summary>
public sealed class OutboxFaultTests(ITestOutputHelper output)
{
    private const string Bad = "bad";
    private const string Good = "good";
    private const string Fault = "No one expects this.";

    private readonly FaultPoints faults = new();

    [Theory, EveryStore]
    [FaultTestOf(WorkerNames.ActionOutbox)]
    public async Task An_action_that_cannot_be_sent_is_set_aside_and_those_of_other_devices_are_sent(StoreKind kind)
    {
        await using var host = await StartAsync(kind);
        Break(WorkerNames.ActionOutbox);
        await RequestAsync(Bad, "install", "first");
        await RequestAsync(Good, "install", "first");

        await UntilAsync(context => IsCompleted(context, Good, "first"), "the other's action is sent and answered");
        await UntilAsync(context => context.SetAsideItems.AnyAsync(), "it is set aside");
        await AssertSetAsideAsync(host, WorkerNames.ActionOutbox);

        // A later action of the same device does not wait behind the one that is set aside, nor does anything of others.
        var bad = await IdAsync();
        faults.OnItem = null;
        await host.RestartAsync();
        await RequestAsync(Bad, "install", "second");
        await UntilAsync(context => IsCompleted(context, Bad, "second"), "the later action is sent and answered");
        await using (var context = await host.OpenStoreAsync())
        {
            Assert.Equal(ActionStatus.Queued, (await context.Actions.SingleAsync(action => action.Id == bad)).Status);
        }

        await RetryAsync(host);
        await UntilAsync(context => IsCompleted(context, Bad, "first"), "tried again it is sent");

        Task RequestAsync(string deviceId, string kind, string snap) =>
            host.RunAsync($"{kind}Snap", $"deviceId: \"{deviceId}\", snap: \"{snap}\"");

        async Task<long> IdAsync()
        {
            await using var context = await host.OpenStoreAsync();
            return await context
                .Actions.Where(action => action.DeviceId == Bad && action.Snap == "first")
                .Select(action => action.Id)
                .SingleAsync();
        }

        Task UntilAsync(Func<TwinDbContext, Task<bool>> condition, string what) => Until(host, condition, what);

        static Task<bool> IsCompleted(TwinDbContext context, string deviceId, string snap) =>
            context.Actions.AnyAsync(action =>
                action.DeviceId == deviceId && action.Snap == snap && action.Status == ActionStatus.Completed
            );
    }

    [Theory, EveryStore]
    [FaultTestOf(WorkerNames.DesiredOutbox)]
    public async Task A_document_that_cannot_be_published_is_set_aside_and_those_of_other_devices_are_published(
        StoreKind kind
    )
    {
        await using var host = await StartAsync(kind);
        Break(WorkerNames.DesiredOutbox);
        await SetAsync(Bad, 1);
        await SetAsync(Good, 1);

        await Until(host, context => IsPublished(context, Good), "the other's document is published");
        await Until(host, context => context.SetAsideItems.AnyAsync(), "it is set aside");
        await AssertSetAsideAsync(host, WorkerNames.DesiredOutbox);

        await host.RestartAsync();
        await SetAsync(Good, 2);
        await Until(host, context => IsPublished(context, Good), "the other's next document is published");
        await AssertSetAsideAsync(host, WorkerNames.DesiredOutbox);
        faults.OnItem = null;
        await RetryAsync(host);
        await Until(host, context => IsPublished(context, Bad), "tried again it is published");

        Task SetAsync(string deviceId, int value) =>
            host.RunAsync("patchDesiredProperties", $$"""deviceId: "{{deviceId}}", patch: {n: {{value}}}""");

        static Task<bool> IsPublished(TwinDbContext context, string deviceId) =>
            context
                .DesiredDocuments.Join(
                    context.Devices.Where(device => device.DeviceId == deviceId),
                    document => document.TwinId,
                    device => device.Id,
                    (document, _) => document
                )
                .AnyAsync(document => document.DueAt == null);
    }

    private async Task<TwinHost> StartAsync(StoreKind kind)
    {
        var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                Store = kind,
                Configure = settings =>
                    (settings.Worker.Attempts, settings.Worker.Backoff) = (2, TimeSpan.FromMilliseconds(1)),
                Services = services => services.AddSingleton(faults),
            }
        );
        await host.ConnectDeviceAsync(Bad, LiveHost.Busy);
        await host.ConnectDeviceAsync(Good, LiveHost.Busy);
        await Until(
            host,
            async context =>
                await context.Devices.CountAsync() == 2
                && !await ActionStatements.Open(context).AnyAsync(action => action.DeviceId == Bad),
            "both devices are enrolled"
        );
        return host;
    }

    private void Break(string broken) =>
        faults.OnItem = (worker, device) =>
        {
            if (worker == broken && device == Bad)
            {
                throw new InvalidTimeZoneException(Fault);
            }
        };

    private static async Task AssertSetAsideAsync(TwinHost host, string worker)
    {
        await using var context = await host.OpenStoreAsync();
        var item = Assert.Single(await context.SetAsideItems.ToListAsync());
        Assert.Equal((worker, Bad, "demo", 2), (item.Worker, item.DeviceId, item.OrganizationId, item.Tries));
        Assert.Contains(Fault, item.Reason, StringComparison.Ordinal);
    }

    private static async Task RetryAsync(TwinHost host)
    {
        await using var context = await host.OpenStoreAsync();
        await context.SetAsideItems.ExecuteDeleteAsync();
    }

    private string seen = "";

    private Task Until(TwinHost host, Func<TwinDbContext, Task<bool>> condition, string what) =>
        Eventually.BecomesTrueAsync(
            async () =>
            {
                await using var context = await host.OpenStoreAsync();
                seen = string.Join(
                    "; ",
                    await context
                        .Actions.Where(action => action.Snap != null)
                        .Select(action => $"{action.DeviceId} {action.Snap} {action.Status} {action.Message}")
                        .ToListAsync()
                );
                return await condition(context);
            },
            () => $"{what}; actions: {seen}",
            TimeSpan.FromSeconds(60)
        );
}
