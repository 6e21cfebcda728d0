using System.Collections.Concurrent;
using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Playwright;

namespace DeviceTwin.Tests.Dashboard;

/// <summary>An open page, and what went wrong in it.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Axe = new(() =>
        File.ReadAllTextAsync(
            Repository.PathOf("DeviceTwin.Api", "Dashboard", "node_modules", "axe-core", "axe.min.js")
        )
    );

    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> faults = new();

    internal BrowserPage(IBrowserContext context, IPage page, Uri home)
    {
        this.context = context;
        Page = page;
        // What a policy holds back is an error, too.
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                faults.Enqueue(message.Text);
            }
        };
        page.PageError += (_, fault) => faults.Enqueue(fault);
        page.Request += (_, request) =>
        {
            var address = new Uri(request.Url);
            if (address.Scheme is "http" or "https" && address.Authority != home.Authority)
            {
                faults.Enqueue($"It asks another host: {request.Url}");
            }
        };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Errors in its console, and requests to other hosts.</summary>
    public IReadOnlyCollection<string> Faults => faults;

    /// <summary>A heading.</summary>
    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = name });

    /// <summary>A link.</summary>
    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, Named(name));

    /// <summary>A button.</summary>
    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, Named(name));

    /// <summary>A field that takes text.</summary>
    public ILocator Input(string name) => Page.GetByRole(AriaRole.Textbox, Named(name));

    /// <summary>A tab.</summary>
    public ILocator Tab(string name) => Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = name });

    /// <summary>Waits until a text is there.</summary>
    public Task SeesAsync(string text) => Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync(Patient);

    /// <summary>Waits until something is there.</summary>
    public static Task SeesAsync(ILocator what) => Assertions.Expect(what).ToBeVisibleAsync(Patient);

    /// <summary>What axe finds serious or critical.</summary>
    public async Task<IReadOnlyList<string>> BarriersAsync()
    {
        await Page.EvaluateAsync(await Axe.Value);
        var found = await Page.EvaluateAsync<JsonElement>("axe.run().then(result => result.violations)");
        return
        [
            .. found
                .EnumerateArray()
                .Where(violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
                .Select(violation =>
                    $"{violation.GetProperty("id").GetString()}: {violation.GetProperty("nodes")[0].GetProperty("html").GetString()}"
                ),
        ];
    }

    /// <summary>Keeps what it looks like in <c>artifacts/screens</c>.</summary>
    /// <param name="name">The file's name.</param>
    public Task ShootAsync(string name) =>
        Page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Repository.PathOf("artifacts", "screens", $"{name}.png") }
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private static LocatorAssertionsToBeVisibleOptions Patient => new() { Timeout = 20_000 };

    private static PageGetByRoleOptions Named(string name) => new() { Name = name, Exact = true };
}
