using DeviceTwin.Tests.Infrastructure;
using Microsoft.Playwright;

namespace DeviceTwin.Tests.Dashboard;

/// <summary>One headless Chromium for all tests of pages; each page is in a profile of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // Where Debian, Ubuntu and others put it, unless the environment says another place.
    private static readonly string[] Places =
    [
        Environment.GetEnvironmentVariable("DEVICETWIN_TEST_CHROMIUM") ?? "",
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];

    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath =
                    Array.Find(Places, File.Exists)
                    ?? throw new InvalidOperationException("There is no Chromium: apt install chromium."),
                // Its sandbox does not start as root, which a CI's container is.
                ChromiumSandbox = false,
            }
        );
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    /// <summary>Opens a page of a service.</summary>
    /// <param name="host">The service.</param>
    /// <param name="path">The page's path.</param>
    /// <param name="look">How it is looked at.</param>
    public Task<BrowserPage> OpenAsync(TwinHost host, string path, Look look = Look.Light) =>
        OpenAsync(host.Address, path, look);

    /// <summary>Opens a page of a service.</summary>
    /// <param name="address">Where the service is.</param>
    /// <param name="path">The page's path.</param>
    /// <param name="look">How it is looked at.</param>
    /// <param name="before">What is done with the page before it is opened.</param>
    public async Task<BrowserPage> OpenAsync(
        Uri address,
        string path,
        Look look = Look.Light,
        Func<IPage, Task>? before = null
    )
    {
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = address.AbsoluteUri,
                ColorScheme = look == Look.Dark ? ColorScheme.Dark : ColorScheme.Light,
                ViewportSize =
                    look == Look.Phone
                        ? new ViewportSize { Width = 390, Height = 844 }
                        : new ViewportSize { Width = 1366, Height = 860 },
            }
        );
        context.SetDefaultTimeout(20_000);
        var page = new BrowserPage(context, await context.NewPageAsync(), address);
        if (before is not null)
        {
            await before(page.Page);
        }

        await page.Page.GotoAsync(path);
        return page;
    }
}

/// <summary>How a page is looked at.</summary>
public enum Look
{
    /// <summary>On a desk, dark on light.</summary>
    Light,

    /// <summary>On a desk, light on dark.</summary>
    Dark,

    /// <summary>On a phone.</summary>
    Phone,
}

/// <summary>The tests that share the browser.</summary>
[CollectionDefinition(nameof(Chromium))]
public sealed class ChromiumCollection : ICollectionFixture<Chromium>;
