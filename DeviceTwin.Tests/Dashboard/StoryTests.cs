using System.Net;
using System.Net.Sockets;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Host;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Playwright;
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
        await page.SeesAsync("Offline");

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
    public async Task The_page_says_that_the_service_is_gone_and_goes_on_with_it()
    {
        await using var host = await StartAsync();
        await using var page = await chromium.OpenAsync(host, "/");
        await page.SeesAsync("Live");
        host.Settings.Service.Port = host.Address.Port;

        await host.StopAsync();
        await page.SeesAsync("Reconnecting");
        await page.ShootAsync("story-gone");
        await host.StartAsync();
        await page.SeesAsync("Live");

        await host.ConnectDeviceAsync("d2");
        await page.SeesAsync("2 of 2 online");
    }

    [Fact]
    public async Task A_page_that_was_opened_before_the_first_device_shows_it_when_it_is_there()
    {
        await using var host = await TwinHost.StartAsync(output);
        await using var page = await chromium.OpenAsync(host, "/");
        await page.SeesAsync("There is nothing to see yet");

        await host.ConnectDeviceAsync("d1");

        await page.SeesAsync("1 of 1 online");
    }

    [Fact]
    public async Task The_service_is_killed_and_comes_back_and_the_page_with_it()
    {
        string[] demo = ["--demo", $"--service.port={FreePort()}", "--mqtt.port=0"];
        await using var first = ServiceProcess.Start(demo);
        await using var page = await chromium.OpenAsync(await first.WaitForAddressAsync(), "/");
        await page.SeesAsync("25 of 25 online");

        await first.SignalAsync("KILL");
        await first.WaitForExitAsync();
        await page.SeesAsync("Reconnecting, as of");
        await using var second = ServiceProcess.Start(demo);
        await page.SeesAsync("Live");

        await page.Link("Devices").ClickAsync();
        await BrowserPage.SeesAsync(page.Link("device-0001"));
    }

    [Fact]
    public async Task A_network_that_falls_silent_without_closing_is_noticed()
    {
        await using var host = await StartAsync();
        var isSilent = false;
        await using var page = await chromium.OpenAsync(
            host.Address,
            "/",
            before: opened =>
                opened.RouteWebSocketAsync(
                    "**/graphql",
                    socket =>
                    {
                        var service = socket.ConnectToServer();
                        socket.OnMessage(frame => Pass(service, frame));
                        service.OnMessage(frame => Pass(socket, frame));
                    }
                )
        );
        await page.SeesAsync("Live");

        isSilent = true;
        await page.SeesAsync("Reconnecting, as of");
        isSilent = false;

        await page.SeesAsync("Live");

        void Pass(IWebSocketRoute to, IWebSocketFrame frame)
        {
            if (!isSilent)
            {
                to.Send(frame.Text!);
            }
        }
    }

    [Fact]
    public async Task The_table_stays_where_it_is_while_its_rows_live()
    {
        await using var host = await StartAsync();
        var fleet = host.CreateFleet(
            new SimulatorOptions
            {
                Devices = 150,
                Interval = TimeSpan.FromSeconds(1),
                SnapdDelay = TimeSpan.Zero,
            }
        );
        fleet.Start();
        await Eventually.BecomesTrueAsync(
            async () =>
                (await host.QueryAsync("""{ organization(id: "demo") { fleet { online } } }"""))
                    .GetProperty("organization")
                    .GetProperty("fleet")
                    .GetProperty("online")
                    .GetInt32() == 151,
            "all are online",
            TimeSpan.FromSeconds(60)
        );
        await using var page = await chromium.OpenAsync(host, "/devices");
        await page.SeesAsync("151 found");
        var table = page.Page.GetByRole(AriaRole.Table, new() { Name = "Devices" });
        // To the second page.
        await table.EvaluateAsync("table => { table.scrollTop = 90 * 38 }");
        await BrowserPage.SeesAsync(page.Link("device-0100"));
        await table.EvaluateAsync("table => { table.scrollTop = 110 * 38 }");
        var row = page.Page.GetByRole(AriaRole.Row, new() { Name = "device-0115" });
        await BrowserPage.SeesAsync(row);
        var place = await row.BoundingBoxAsync();
        var heard = await row.Locator("time").First.GetAttributeAsync("datetime");

        await Assertions.Expect(row.Locator("time").First).Not.ToHaveAttributeAsync("datetime", heard!);
        host.Settings.Service.Port = host.Address.Port;
        await host.RestartAsync();
        await page.SeesAsync("Live");

        await Assertions.Expect(row).ToBeInViewportAsync();
        Assert.Equal(place!.Y, (await row.BoundingBoxAsync())!.Y);
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
                    settings.Device.OfflineAfter = TimeSpan.FromSeconds(4);
                },
            }
        );
        await host.ConnectDeviceAsync("d1");
        await host.FindTwinAsync("d1", twin => twin.Snaps.Count > 0);
        return host;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
