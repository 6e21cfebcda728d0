using DeviceTwin.Simulator;
using DeviceTwin.Tests.Documents;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Host;

/// <summary>What the README tells newcomers to paste works as it is written.</summary>
public sealed class ReadmeTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_query_the_mutation_and_the_subscription_do_what_they_promise()
    {
        await using var host = await TwinHost.StartAsync(output);
        var fleet = host.CreateFleet(new SimulatorOptions { Devices = 5, SnapdDelay = TimeSpan.Zero });
        fleet.Start();
        await host.FindTwinAsync("device-0001", twin => twin.Snaps.Count > 0);
        var examples = await ReadExamplesAsync();

        var found = await host.QueryAsync(
            examples.Single(example => example.StartsWith("query", StringComparison.Ordinal))
        );
        Assert.True(found.GetProperty("organization").GetProperty("fleet").GetProperty("total").GetInt32() > 0);
        var changes = await host.SubscribeAsync(
            examples.Single(example => example.StartsWith("subscription", StringComparison.Ordinal))
        );
        await host.QueryAsync(examples.Single(example => example.StartsWith("mutation", StringComparison.Ordinal)));

        await changes.NextAsync(data =>
            data.GetProperty("deviceChanged").GetRawText().Contains("\"COMPLETED\"", StringComparison.Ordinal)
        );
    }

    private static async Task<IReadOnlyList<string>> ReadExamplesAsync()
    {
        var blocks = await MarkdownPage.BlocksAsync("README.md");
        return [.. blocks.Where(block => block.Language == "graphql").Select(block => block.Text)];
    }
}
