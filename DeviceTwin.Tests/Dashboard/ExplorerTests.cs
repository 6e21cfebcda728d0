using System.Text.RegularExpressions;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.Host;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Security;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Dashboard;

/// <summary>The explorer at <c>/graphql</c>, as somebody meets the API with it.</summary>
[Collection(nameof(Chromium))]
public sealed class ExplorerTests(Chromium chromium, ITestOutputHelper output)
{
    [Theory]
    [InlineData("WebSocket")]
    [InlineData("Server-Sent Events")]
    public async Task An_example_is_opened_and_run_and_a_subscription_shows_what_comes(string stream)
    {
        await using var host = await TwinHost.StartAsync(output);
        await host.ConnectDeviceAsync("d1");
        await host.FindTwinAsync("d1", twin => twin.Snaps.Count > 0);
        await using var page = await chromium.OpenAsync(host, "/graphql");

        await page.Button("Show Examples").ClickAsync();
        await page.Button("query organization").First.ClickAsync();
        await RunAsync(page);
        await ShowsAsync(page, "\"total\": 1");

        await page.Page.GetByLabel("Subscriptions over").SelectOptionAsync(stream);
        await page.Button("subscription heartbeats").First.ClickAsync();
        await RunAsync(page);
        await ShowsAsync(page, "\"deviceId\": \"d1\"");

        await page.ShootAsync($"explorer-{stream}");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task An_example_can_be_chosen_once_there_is_an_editor_for_it()
    {
        await using var host = await TwinHost.StartAsync(output);
        var editorMayCome = new TaskCompletionSource();
        await using var page = await chromium.OpenAsync(host, "/");
        await page.Page.RouteAsync(
            new Regex("monaco"),
            async script =>
            {
                await editorMayCome.Task;
                await script.ContinueAsync();
            }
        );
        await page.Page.GotoAsync(new Uri(host.Address, "/graphql").ToString());
        await page.Button("Show Examples").ClickAsync();
        var example = page.Button("query organization").First;

        await Assertions.Expect(example).ToBeDisabledAsync();
        editorMayCome.SetResult();
        await example.ClickAsync();
        await RunAsync(page);

        await ShowsAsync(page, "\"organization\": null");
    }

    [Fact]
    public async Task It_asks_with_the_token_that_the_dashboard_was_signed_in_with()
    {
        await using var host = await SecureHost.StartAsync(output, [SecureHost.Token("ann", Role.Viewer, "demo")]);
        await host.ConnectDeviceAsync("d1");
        await using var page = await chromium.OpenAsync(host, "/");
        await page.Page.GetByLabel("Token").FillAsync(SecureHost.SecretOf("ann"));
        await page.Button("Sign in").ClickAsync();
        await page.SeesAsync("1 of 1 online");

        await page.Link("API").ClickAsync();
        await page.Button("Show Examples").ClickAsync();
        await page.Button("subscription fleetChanged").First.ClickAsync();
        await RunAsync(page);

        await ShowsAsync(page, "\"online\": 1");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task It_builds_operations_remembers_them_and_sends_the_headers_of_its_editor()
    {
        await using var host = await SecureHost.StartAsync(output, [SecureHost.Token("ann", Role.Viewer, "demo")]);
        await host.ConnectDeviceAsync("d1");
        await using var page = await chromium.OpenAsync(host, "/graphql");
        await page.Button("Headers").ClickAsync();
        await page.Page.Locator(".graphiql-editor-tool .monaco-editor").Last.ClickAsync();
        await page.Page.Keyboard.InsertTextAsync($$"""{"Authorization": "Bearer {{SecureHost.SecretOf("ann")}}"}""");

        await RunAsync(page);

        await ShowsAsync(page, "\"total\": 1");
        await page.Button("Show History").ClickAsync();
        await BrowserPage.SeesAsync(page.Page.Locator(".graphiql-history-item").First);
        await page.Button("Show GraphiQL Explorer").ClickAsync();
        await BrowserPage.SeesAsync(page.Page.Locator(".docExplorerWrap, .graphiql-explorer-root").First);
        await page.ShootAsync("explorer-builder");
    }

    [Fact]
    public async Task It_can_be_turned_off()
    {
        await using var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions { Configure = settings => settings.GraphQL.Ide = false }
        );
        await using var page = await chromium.OpenAsync(host, "/graphql");

        await page.SeesAsync("This is a GraphQL endpoint.");

        Assert.Empty(page.Faults);
    }

    private static Task RunAsync(BrowserPage page) => page.Page.Locator(".graphiql-execute-button").ClickAsync();

    private static Task ShowsAsync(BrowserPage page, string text) =>
        Assertions
            .Expect(
                page.Page.GetByRole(AriaRole.Region, new() { Name = "Operation Response" })
                    .Or(page.Page.Locator(".graphiql-response"))
                    .First
            )
            .ToContainTextAsync(text, new() { Timeout = 20_000, UseInnerText = true });
}
