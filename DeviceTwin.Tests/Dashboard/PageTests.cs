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
        Assert.Empty(page.Faults);
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
