using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Security;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.Infrastructure;
using DeviceTwin.Tests.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Dashboard;

[Collection(nameof(Chromium))]
public sealed class SignInTests(Chromium chromium, ITestOutputHelper output)
{
    [Fact]
    public async Task A_pasted_token_shows_what_its_role_may_and_is_forgotten_when_it_is_taken_away()
    {
        await using var host = await SecureHost.StartAsync(
            output,
            [SecureHost.Token("viewer", Role.Viewer, "demo"), SecureHost.Token("operator", Role.Operator, "demo")]
        );
        await host.ConnectDeviceAsync("d1");
        await using var page = await chromium.OpenAsync(host, "/devices/d1");
        Assert.Empty(await page.BarriersAsync());

        await SignInAsync("nobody");
        await BrowserPage.SeesAsync(page.Heading("Device Twin"));
        await SignInAsync("viewer");
        await BrowserPage.SeesAsync(page.Heading("d1"));
        await Assertions.Expect(page.Button("Actions")).ToHaveCountAsync(0);
        await page.Button("Sign out").ClickAsync();
        await SignInAsync("operator");
        await page.Button("Actions").ClickAsync();
        await BrowserPage.SeesAsync(page.Page.GetByText("Install a snap"));
        await Assertions.Expect(page.Page.GetByText("Delete the twin")).ToHaveCountAsync(0);
        Assert.DoesNotContain("dtt_", page.Page.Url, StringComparison.Ordinal);

        host.Services.GetRequiredService<ClientTokens>().Replace([]);
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Link("Groups").ClickAsync();

        await BrowserPage.SeesAsync(page.Page.GetByLabel("Token"));

        async Task SignInAsync(string name)
        {
            await page.Page.GetByLabel("Token").FillAsync(SecureHost.SecretOf(name));
            await page.Button("Sign in").ClickAsync();
        }
    }

    [Fact]
    public async Task An_issuer_signs_people_in_with_PKCE_and_brings_them_back_to_where_they_were()
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        await using var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                Configure = settings =>
                {
                    settings.Authentication.Provider = AuthenticationProvider.Oidc;
                    settings.Authentication.Authority = issuer.Authority;
                    settings.Authentication.Audience = OpenIdIssuer.Audience;
                    settings.Authentication.Client = "dashboard";
                },
            }
        );
        await using (var context = await host.OpenStoreAsync())
        {
            context.Add(SeededRows.Named("acme"));
            await context.SaveChangesAsync();
        }

        await using var page = await chromium.OpenAsync(host, "/jobs?in=acme");
        await page.Button("Sign in").ClickAsync();

        await BrowserPage.SeesAsync(page.Heading("Jobs"));
        Assert.Equal("/jobs?in=acme", new Uri(page.Page.Url).PathAndQuery);
        Assert.Equal(1, issuer.Logins);

        // A page that is loaded anew goes on renewing what runs out.
        issuer.Lifetime = TimeSpan.FromSeconds(30);
        await page.Button("Sign out").ClickAsync();
        await page.Button("Sign in").ClickAsync();
        await BrowserPage.SeesAsync(page.Heading("Jobs"));
        await page.Page.ReloadAsync();
        await BrowserPage.SeesAsync(page.Heading("Jobs"));
        var before = issuer.Renewals;
        await Eventually.BecomesTrueAsync(() => issuer.Renewals > before, "the page renews its token");
    }
}
