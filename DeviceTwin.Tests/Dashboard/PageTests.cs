using DeviceTwin.Api.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace DeviceTwin.Tests.Dashboard;

/// <summary>Every page in every look: it shows what it is for, nothing goes wrong in it, and nobody is kept out.</summary>
[Collection(nameof(Chromium))]
public sealed class PageTests(Chromium chromium, ShownFleet fleet) : IClassFixture<ShownFleet>
{
    public static TheoryData<string, string, string, Look> Pages
    {
        get
        {
            var pages = new TheoryData<string, string, string, Look>();
            foreach (var look in Enum.GetValues<Look>())
            {
                pages.Add("fleet", "/", "By model", look);
                pages.Add("devices", "/devices", "device-0001", look);
                pages.Add("device", "/devices/device-0001", "Presence", look);
                pages.Add("groups", "/groups", "berlin", look);
                pages.Add("group", "/groups/berlin", "Would drift", look);
                pages.Add("models", "/models", "Desired snaps", look);
                pages.Add("model", "/models/{model}", "Desired state", look);
                pages.Add("jobs", "/jobs", "refresh nats", look);
                pages.Add("job", "/jobs/{job}", "Failed", look);
                pages.Add("set-aside", "/set-aside", "injected by the test", look);
                pages.Add("missing", "/devices/nobody", "There is no such device", look);
            }

            return pages;
        }
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task It_shows_what_it_is_for_and_axe_finds_nothing_serious(
        string name,
        string path,
        string shown,
        Look look
    )
    {
        var address = path.Replace("{model}", fleet.Model, StringComparison.Ordinal)
            .Replace("{job}", fleet.JobId, StringComparison.Ordinal);
        await using var page = await chromium.OpenAsync(fleet.Host, address, look);

        await page.SeesAsync(shown);
        await page.SeesAsync("Live");

        await page.ShootAsync($"{name}-{look}");
        Assert.False(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"));
        Assert.Empty(await page.BarriersAsync());
        Assert.Empty(page.Faults);
    }

    [Theory]
    [InlineData("Snaps", "Version")]
    [InlineData("Desired", "Reported properties")]
    [InlineData("Actions", "Confirmed")]
    [InlineData("Changes", "What")]
    public async Task A_tab_of_a_device_shows_what_it_is_for(string tab, string shown)
    {
        await using var page = await chromium.OpenAsync(fleet.Host, "/devices/device-0001");

        await page.Tab(tab).ClickAsync();

        await page.SeesAsync(shown);
        await page.ShootAsync($"device-{tab}");
        Assert.Empty(await page.BarriersAsync());
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_set_aside_item_is_dropped_after_a_question()
    {
        await using var page = await chromium.OpenAsync(fleet.Host, "/set-aside");
        var row = page.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "to be dropped" });
        var question = "";
        page.Page.Dialog += async (_, dialog) =>
        {
            question = dialog.Message;
            await dialog.AcceptAsync();
        };

        await row.GetByRole(AriaRole.Button, new() { Name = "Drop" }).ClickAsync();

        await Assertions.Expect(row).ToHaveCountAsync(0);
        Assert.Contains("cannot be retried", question, StringComparison.Ordinal);
        await page.SeesAsync("injected by the test");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task What_is_looked_for_is_found_as_it_is_typed_and_can_be_copied_as_a_query()
    {
        await using var page = await chromium.OpenAsync(fleet.Host, "/devices");
        await page.SeesAsync("25 found");

        await page.Page.GetByLabel("Id, serial or model").FillAsync("device-0007");

        await page.SeesAsync("1 found");
        await BrowserPage.SeesAsync(page.Link("device-0007"));
        await page.Button("where").ClickAsync();
        await page.SeesAsync("deviceId: { contains: \"device-0007\" }");
        await page.ShootAsync("devices-where");
        await page.Page.ReloadAsync();
        await page.SeesAsync("1 found");
        Assert.Contains("text=device-0007", page.Page.Url, StringComparison.Ordinal);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_count_leads_to_its_devices_and_the_way_back_finds_them_again()
    {
        await using var page = await chromium.OpenAsync(fleet.Host, "/");

        await page.Link("Online").ClickAsync();
        await page.SeesAsync("25 found");
        await page.Link("device-0003").ClickAsync();
        await BrowserPage.SeesAsync(page.Heading("device-0003"));
        await page.Page.GoBackAsync();

        await page.SeesAsync("25 found");
        Assert.Contains("connectivity=ONLINE", page.Page.Url, StringComparison.Ordinal);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_form_asks_warns_and_shows_the_way_of_what_was_asked()
    {
        await using var page = await chromium.OpenAsync(fleet.Host, "/devices/device-0004");
        await ChooseAsync("Delete the twin");
        await page.SeesAsync("The twin goes out of sight");
        var delete = page.Page.Locator("button[type=submit]");
        await Assertions.Expect(delete).ToBeDisabledAsync();
        await page.ShootAsync("form-delete");
        Assert.Empty(await page.BarriersAsync());
        await page.Page.Keyboard.PressAsync("Escape");

        await ChooseAsync("Upload logs");
        await page.Input("Address to upload to").FillAsync("no address");
        await page.Button("Upload logs").ClickAsync();
        await Assertions.Expect(page.Page.Locator("input:invalid")).ToHaveCountAsync(1);
        await page.Page.Keyboard.PressAsync("Escape");

        await ChooseAsync("Ask for the operating system");
        await page.Button("Ask for the operating system").ClickAsync();
        await BrowserPage.SeesAsync(page.Page.Locator("[data-action=SERVER]").First);
        Assert.Empty(page.Faults);

        async Task ChooseAsync(string command)
        {
            await page.Button("Actions").ClickAsync();
            await page.Page.GetByRole(AriaRole.Menuitem, new() { Name = command }).ClickAsync();
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Menu)).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Times_are_in_the_viewers_zone_and_in_UTC_when_that_is_wanted()
    {
        await using var page = await chromium.OpenAsync(fleet.Host, "/devices/device-0001");
        var since = page.Page.Locator("dd time").First;
        Assert.EndsWith(" UTC", await since.GetAttributeAsync("title"), StringComparison.Ordinal);
        Assert.DoesNotContain("UTC", await since.InnerTextAsync(), StringComparison.Ordinal);

        await page.Button("UTC").ClickAsync();

        await Assertions.Expect(since).ToContainTextAsync("UTC");
    }

    [Fact]
    public async Task The_last_hour_is_there_when_the_page_is_opened()
    {
        await fleet.Host.Services.GetRequiredService<FleetHistory>().RunAsync(CancellationToken.None);

        await using var page = await chromium.OpenAsync(fleet.Host, "/");

        await page.SeesAsync("The charts show the last hour, from");
        var oldest = (await fleet.Host.QueryAsync("""{ organization(id: "demo") { fleetHistory { at } } }"""))
            .GetProperty("organization")
            .GetProperty("fleetHistory")[0]
            .GetProperty("at")
            .GetDateTime();
        await BrowserPage.SeesAsync(page.Page.Locator($"time[datetime='{oldest:yyyy-MM-ddTHH:mm:ss.fff}Z']"));
    }

    [Fact]
    public async Task The_keyboard_reaches_the_content_first()
    {
        await using var page = await chromium.OpenAsync(fleet.Host, "/");
        await page.SeesAsync("Live");

        await page.Page.Keyboard.PressAsync("Tab");

        await BrowserPage.SeesAsync(page.Page.Locator(":focus", new() { HasText = "Skip to the content" }));
    }
}
