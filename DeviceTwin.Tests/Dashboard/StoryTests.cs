using DeviceTwin.Tests.Host;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Dashboard;

/// <summary>What an operator lives through with the page open.</summary>
[Collection(nameof(Chromium))]
public sealed class StoryTests(Chromium chromium, ITestOutputHelper output)
{
    [Fact]
    public async Task A_device_appears_drifts_gets_what_is_desired_and_converges_on_screen()
    {
        await using var host = await StartAsync();
        await using var page = await chromium.OpenAsync(host, "/");
        await page.SeesAsync("1 of 1 online");

        var agent = await host.ConnectDeviceAsync("d2");
        await page.SeesAsync("2 of 2 online");
        await page.Link("Devices").ClickAsync();
        await page.Link("d2").ClickAsync();
        await host.FindTwinAsync("d2", twin => twin.Snaps.Count > 0);
        var snap = agent.Snaps.First(each => !each.Name.Contains("core", StringComparison.Ordinal)).Name;
        await agent.GoAwayAsync();
        // What is asked of it now waits until it is heard again.
        await BrowserPage.SeesAsync(page.Page.GetByText("Offline", new() { Exact = true }).First);

        await page.Tab("Desired").ClickAsync();
        await page.Button("Desire a snap").ClickAsync();
        await page
            .Page.GetByLabel("Snaps", new() { Exact = true })
            .FillAsync($$"""[{"name": "{{snap}}", "channel": "latest/beta"}]""");
        await page.Button("Store").ClickAsync();
        await page.SeesAsync($"snaps.{snap}.channel");
        await page.ShootAsync("story-drift");

        await agent.ComeBackAsync();
        await page.SeesAsync("The device is as it should be.");
        await page.SeesAsync("In sync");
        await page.Tab("Actions").ClickAsync();
        var row = page.Page.Locator("[data-action=SWITCH]");
        await BrowserPage.SeesAsync(row.GetByText("Completed"));
        await BrowserPage.SeesAsync(row.Locator("td:nth-child(6) time"));
        await page.ShootAsync("story-converged");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_job_is_started_from_the_table_and_aborted_on_its_page()
    {
        await using var host = await StartAsync();
        var silent = await host.ConnectDeviceAsync("d2");
        await host.FindTwinAsync("d2", twin => twin.Snaps.Count > 0);
        silent.Device.OverrideAnswer("refresh", _ => null);
        await using var page = await chromium.OpenAsync(host, "/devices");

        await page.Page.GetByLabel("Select d2").CheckAsync();
        await page.Button("Start a job for 1 selected").ClickAsync();
        await page.Input("Snap").FillAsync(silent.Snaps[0].Name);
        await page.Button("Refresh a snap").ClickAsync();
        await page.SeesAsync("0 of 1 succeeded, 1 to come");
        await page.Button("Abort").ClickAsync();

        await page.SeesAsync("Cancelled");
        await page.ShootAsync("story-aborted");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_where_it_was_asked()
    {
        await using var host = await StartAsync();
        await using var page = await chromium.OpenAsync(host, "/groups");
        await page.Page.GetByLabel("Name of the new group").FillAsync("north");
        await page.Button("Create group").ClickAsync();
        await BrowserPage.SeesAsync(page.Link("north"));

        await page.Page.GetByLabel("Name of the new group").FillAsync("north");
        await page.Button("Create group").ClickAsync();

        await page.SeesAsync("The group was not created");
        await page.Link("north").ClickAsync();
        await page.Page.GetByLabel("Properties").FillAsync("[1]");
        await page.SeesAsync("A JSON object is needed.");
        await BrowserPage.SeesAsync(page.Page.Locator("button:disabled", new() { HasText = "Store" }));
    }

    private async Task<TwinHost> StartAsync()
    {
        var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                Configure = settings =>
                {
                    settings.Action.ListDelay = TimeSpan.Zero;
                    // A question that was on its way when the device went is asked again soon.
                    settings.Action.RepeatAfter = TimeSpan.FromSeconds(2);
                    settings.Device.OfflineAfter = TimeSpan.FromSeconds(4);
                },
            }
        );
        await host.ConnectDeviceAsync("d1");
        await host.FindTwinAsync("d1", twin => twin.Snaps.Count > 0);
        return host;
    }
}
