using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Documents;

/// <summary>The clients in <c>examples/</c>, against a service that goes away under them.</summary>
public sealed class ExampleTests(ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-example-");

    private string CursorFile => Path.Combine(folder.FullName, "cursor");

    public static TheoryData<string> Languages { get; } = new("python", "typescript", "csharp");

    [Theory, MemberData(nameof(Languages))]
    public async Task It_tells_each_change_once_whoever_of_both_was_away(string language)
    {
        await using var host = await TwinHost.StartAsync(output);
        await host.ConnectDeviceAsync("d1");
        host.Settings.Service.Port = host.Address.Port;
        await using (var follower = Start(language, host))
        {
            await Eventually.BecomesTrueAsync(
                () => IsFollowedAsync(host),
                () => $"it follows, and says: {follower.Output}"
            );
            await TagAsync(host, 1);
            await TellsAsync(follower, 1);

            await host.RestartAsync();
            await TagAsync(host, 2);

            await TellsAsync(follower, 2);
            await Eventually.BecomesTrueAsync(
                async () => await File.ReadAllTextAsync(CursorFile) == await NewestCursorAsync(host),
                "it keeps where it is"
            );
        }

        await TagAsync(host, 3);
        await using var later = Start(language, host);
        await TellsAsync(later, 1);
        await TagAsync(host, 4);
        await TellsAsync(later, 2);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private GuardedProcess Start(string language, TwinHost host)
    {
        string[] program = language switch
        {
            "python" => ["python3", Repository.PathOf("examples", "python", "follow.py")],
            "typescript" =>
            [
                "node",
                Repository.PathOf("examples", "typescript", "node_modules", "tsx", "dist", "cli.mjs"),
                Repository.PathOf("examples", "typescript", "follow.ts"),
            ],
            _ => ["dotnet", Path.Combine(AppContext.BaseDirectory, "FollowDevices.dll")],
        };
        return GuardedProcess.Start([.. program, host.Address.AbsoluteUri, "demo", CursorFile]);
    }

    private static async Task<string?> NewestCursorAsync(TwinHost host)
    {
        var data = await host.QueryAsync(
            "{ deviceChanges(organizationId: \"demo\", first: 100) { pageInfo { endCursor } } }"
        );
        return data.At("deviceChanges", "pageInfo", "endCursor").GetString();
    }

    private static async Task<bool> IsFollowedAsync(TwinHost host) =>
        (await host.QueryAsync("{ service { subscribers } }"))
            .GetProperty("service")
            .GetProperty("subscribers")
            .GetInt32() > 0;

    private static async Task TagAsync(TwinHost host, int number) =>
        await host.QueryAsync(
            """
            mutation($number: JSON!) {
              patchTags(input: {organizationId: "demo", deviceId: "d1", patch: $number}) { errors { __typename } }
            }
            """,
            new { number = new { number } }
        );

    private static async Task TellsAsync(GuardedProcess follower, int count)
    {
        await Eventually.BecomesTrueAsync(
            () => Task.FromResult(Told(follower) >= count),
            () => $"it tells of {count} changes, and says: {follower.Output}",
            TimeSpan.FromSeconds(40)
        );
        Assert.Equal(count, Told(follower));
    }

    private static int Told(GuardedProcess follower) =>
        follower.Output.Split('\n').Count(line => line.EndsWith("d1 TAGS by anonymous", StringComparison.Ordinal));
}
