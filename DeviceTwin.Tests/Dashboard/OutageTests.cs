using DeviceTwin.Bench.Surroundings;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Host;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Dashboard;

/// <summary>The page when there is nothing yet, and when service or network go away and come back.</summary>
[Collection(nameof(Chromium))]
public sealed class OutageTests(Chromium chromium, ITestOutputHelper output)
{
    [Fact]
    public async Task The_page_says_that_the_service_is_gone_and_goes_on_with_it()
    {
        await using var host = await TwinHost.StartAsync(output);
        await host.ConnectDeviceAsync("d1");
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
        string[] demo = ["--demo", $"--service.port={FreePort.Find()}", "--mqtt.port=0"];
        await using var first = ServiceProcess.Start(demo);
        await using var page = await chromium.OpenAsync(await first.WaitForAddressAsync(), "/");
        await page.SeesAsync("25 of 25 online");

        await first.SignalAsync("KILL");
        await first.WaitForExitAsync();
        await page.SeesAsync("Reconnecting, as of");
        var killed = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await using var second = ServiceProcess.Start(demo);
        await page.SeesAsync("Live");

        // What it shows is read anew, not what it showed before.
        await Eventually.BecomesTrueAsync(
            () =>
                page.Page.EvaluateAsync<bool>(
                    "killed => Date.parse(document.querySelector('main time')?.dateTime) > killed"
                        + " && document.body.innerText.includes('25 of 25 online')",
                    killed
                ),
            "the page shows the fleet of the service that came back",
            TimeSpan.FromSeconds(40)
        );
        await page.Link("Devices").ClickAsync();
        await BrowserPage.SeesAsync(page.Link("device-0001"));
    }

    [Fact]
    public async Task A_network_that_falls_silent_without_closing_is_noticed()
    {
        await using var host = await TwinHost.StartAsync(output);
        await host.ConnectDeviceAsync("d1");
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
        await using var host = await TwinHost.StartAsync(output);
        await host.ConnectDeviceAsync("d1");
        var fleet = host.CreateFleet(
            new SimulatorOptions
            {
                Devices = 150,
                Interval = TimeSpan.FromSeconds(1),
                SnapdDelay = TimeSpan.Zero,
            }
        );
        fleet.Start();
        await using var page = await chromium.OpenAsync(host, "/");
        await page.SeesAsync("151 of 151 online");
        await page.Link("Devices").ClickAsync();
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
}
