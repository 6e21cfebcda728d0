using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Security;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Security;

/// <summary>What happens to what is open when a token, or what it gives, is taken away.</summary>
public sealed class TakenAwayTests(ITestOutputHelper output)
{
    private const string Changes = "subscription { deviceChanged(organizationId: \"demo\") { deviceId } }";
    private static readonly ClientToken Ann = SecureHost.Token("ann", Role.Operator, "demo", "other");
    private static readonly ClientToken Ben = SecureHost.Token("ben", Role.Operator, "demo");

    public static TheoryData<string> Losses { get; } = new("token", "role", "organization");

    [Theory, MemberData(nameof(Losses))]
    public async Task A_socket_is_closed_with_4403_within_a_minute_and_others_stay(string loss)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await StartAsync(clock);
        using var losing = await host.OpenSocketAsync(SecureHost.SecretOf("ann"));
        using var staying = await host.OpenSocketAsync(SecureHost.SecretOf("ben"));
        await losing.SubscribeAsync("1", Changes);
        await losing.RoundTripAsync();

        host.Services.GetRequiredService<ClientTokens>().Replace(After(loss));
        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal((4403, "Forbidden: the token or its rights have changed"), await losing.ReceiveCloseAsync());
        await staying.RoundTripAsync();
    }

    [Theory, MemberData(nameof(Losses))]
    public async Task An_event_stream_ends_with_an_error_within_a_minute(string loss)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await StartAsync(clock);
        using var response = await host.PostAsync(
            "Bearer " + SecureHost.SecretOf("ann"),
            Changes,
            accept: "text/event-stream"
        );
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        // The first comment shows that the stream has begun.
        Assert.Equal(":", await reader.ReadLineAsync());

        host.Services.GetRequiredService<ClientTokens>().Replace(After(loss));
        var rest = reader.ReadToEndAsync();
        await Eventually.BecomesTrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return rest.IsCompleted;
            },
            "the stream has ended"
        );

        Assert.Contains("AUTH_NOT_AUTHENTICATED", await rest, StringComparison.Ordinal);
        Assert.Contains("event: complete", await rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_gone_from_the_file_is_gone_from_the_service_and_one_that_came_is_taken()
    {
        using var folder = new TokenFolder();
        folder.Write("ann", "ben");
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await StartAsync(clock, folder.Load());
        Assert.True(await IsKnownAsync(host, "ann"));
        Assert.False(await IsKnownAsync(host, "eve"));

        folder.Write("ben", "eve");
        await AfterAMinuteAsync(host, clock, "eve", isKnown: true);

        Assert.False(await IsKnownAsync(host, "ann"));
        Assert.True(await IsKnownAsync(host, "ben"));
        folder.Empty();
        await AfterAMinuteAsync(host, clock, "ben", isKnown: false);
        Assert.False(await IsKnownAsync(host, "eve"));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_changes_nothing_and_is_logged()
    {
        using var folder = new TokenFolder();
        folder.Write("ann");
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await StartAsync(clock, folder.Load());

        folder.Break();
        await Eventually.BecomesTrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return host.Log.Contains("worker client-tokens failed");
            },
            "the fault is logged"
        );

        Assert.True(await IsKnownAsync(host, "ann"));
    }

    private static async Task<bool> IsKnownAsync(TwinHost host, string name)
    {
        using var answer = await host.PostAsync("Bearer " + SecureHost.SecretOf(name), "{ __typename }");
        return answer.IsSuccessStatusCode;
    }

    private static Task AfterAMinuteAsync(TwinHost host, FakeTimeProvider clock, string name, bool isKnown)
    {
        var left = TimeSpan.FromMinutes(1);
        return Eventually.BecomesTrueAsync(
            async () =>
            {
                if (left > TimeSpan.Zero)
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                    left -= TimeSpan.FromSeconds(1);
                }

                return await IsKnownAsync(host, name) == isKnown;
            },
            $"{name} is {(isKnown ? "" : "not ")}known"
        );
    }

    private static ClientToken[] After(string loss) =>
        loss switch
        {
            "token" => [Ben],
            "role" => [Ann with { Role = Role.Viewer }, Ben],
            _ => [Ann with { Organizations = ["other"] }, Ben],
        };

    private Task<TwinHost> StartAsync(TimeProvider clock, LoadedSettings? loaded = null) =>
        SecureHost.StartAsync(
            output,
            loaded?.Settings.Authentication.Tokens ?? [Ann, Ben],
            new TwinHostOptions
            {
                Clock = clock,
                // Pings would be answered too late for a clock that jumps.
                Configure = settings => settings.GraphQL.KeepAlive = TimeSpan.FromDays(1),
                // The host's own settings come from no file.
                Services = services =>
                {
                    if (loaded is not null)
                    {
                        services.AddSingleton(loaded);
                    }
                },
            }
        );

    /// <summary>A configuration file with tokens.</summary>
    private sealed class TokenFolder : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-tokens-");

        private string File => Path.Combine(folder.FullName, "config.yaml");

        public void Write(params string[] names) =>
            System.IO.File.WriteAllText(
                File,
                "service.auth.provider: token\nservice:\n  auth:\n    tokens:\n"
                    + string.Concat(
                        names.Select(name =>
                            $"    - name: {name}\n      hash: {TokenHash.Format(SecureHost.SecretOf(name))}\n"
                            + "      organizations: [demo, other]\n      role: viewer\n"
                        )
                    )
            );

        public void Empty() => System.IO.File.WriteAllText(File, "service.auth.provider: token\n");

        public void Break() => System.IO.File.WriteAllText(File, "service.auth.tokens:\n- name: [\n");

        public LoadedSettings Load() =>
            SettingsLoader.Load([], new Dictionary<string, string>(StringComparer.Ordinal), folder.FullName);

        public void Dispose() => folder.Delete(recursive: true);
    }
}
