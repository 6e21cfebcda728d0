using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Security;

/// <summary>What becomes of what is open when its token ends.</summary>
public sealed class EndedTokenTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_token_that_ends_closes_its_socket_unless_it_was_renewed_with_the_same_rights()
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await OpenIdTests.StartAsync(output, issuer, clock);
        var short1 = issuer.Token(claims => claims["exp"] = DateTimeOffset.UtcNow.AddMinutes(2).ToUnixTimeSeconds());
        using var ending = await host.OpenSocketAsync(short1);
        using var renewing = await host.OpenSocketAsync(short1);
        using var growing = await host.OpenSocketAsync(short1);

        await renewing.InitialiseAsync(SecureHost.Init(issuer.Token()));
        await growing.SendAsync(
            JsonSerializer.Serialize(
                new
                {
                    type = "connection_init",
                    payload = new { authorization = "Bearer " + issuer.Token(claims => claims["organizations"] = "*") },
                }
            )
        );

        Assert.Equal(4403, (await growing.ReceiveCloseAsync()).Code);
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((4403, "Forbidden: the token has expired"), await ending.ReceiveCloseAsync());
        await renewing.RoundTripAsync();
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(4403, (await renewing.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task A_token_is_taken_no_longer_than_the_settings_say_however_long_it_lives()
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await OpenIdTests.StartAsync(
            output,
            issuer,
            clock,
            settings => settings.TokenAge = TimeSpan.FromMinutes(1)
        );
        var token = issuer.Token();
        using var socket = await host.OpenSocketAsync(token);
        await host.AssertAnswersAsync(token);
        var undated = issuer.Token(claims => claims.Remove("iat"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.AskAsync(undated, "{ __typename }")).Status);

        // Half a minute more, for clocks that differ.
        clock.Advance(TimeSpan.FromSeconds(95));

        Assert.Equal(4403, (await socket.ReceiveCloseAsync()).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.AskAsync(token, "{ __typename }")).Status);
        var newer = issuer.Token(claims => claims["iat"] = clock.GetUtcNow().ToUnixTimeSeconds());
        await host.AssertAnswersAsync(newer);
    }

    [Fact]
    public async Task An_event_stream_ends_with_its_token()
    {
        await using var issuer = await OpenIdIssuer.StartAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await OpenIdTests.StartAsync(output, issuer, clock);
        var token = issuer.Token(claims => claims["exp"] = DateTimeOffset.UtcNow.AddMinutes(2).ToUnixTimeSeconds());
        using var response = await host.PostAsync(
            "Bearer " + token,
            "subscription { deviceChanged(organizationId: \"acme\") { deviceId } }",
            accept: "text/event-stream"
        );
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        // The first comment shows that the stream has begun.
        Assert.Equal(":", await reader.ReadLineAsync());

        clock.Advance(TimeSpan.FromMinutes(3));

        var rest = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Contains("AUTH_NOT_AUTHENTICATED", rest, StringComparison.Ordinal);
        Assert.EndsWith("event: complete\ndata:\n\n", rest, StringComparison.Ordinal);
    }
}
