using System.Text.Json;
using System.Text.RegularExpressions;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Host;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Documents;

/// <summary>Runs every request of docs/api.md in its order, and gives a variable what an answer before it had under its name.</summary>
public sealed partial class ApiGuideTests(ITestOutputHelper output)
{
    // Shows what an error looks like.
    private const string Wrong = "deviceId: \"nobody\"";

    private readonly Dictionary<string, JsonElement> known = new(StringComparer.Ordinal);

    [Fact]
    public async Task Every_request_of_the_guide_does_what_it_says()
    {
        await using var host = await TwinHost.StartAsync(output);
        var fleet = host.CreateFleet(
            new SimulatorOptions { Interval = TimeSpan.FromSeconds(1), SnapdDelay = TimeSpan.FromMilliseconds(10) }
        );
        fleet.Start();
        foreach (var agent in fleet.Agents)
        {
            await host.FindTwinAsync(agent.DeviceId, twin => twin.Snaps.Count > 0);
        }

        var watched = new List<TwinHostSubscription>();
        foreach (var (language, text) in await MarkdownPage.BlocksAsync("docs", "api.md"))
        {
            if (language != "graphql")
            {
                continue;
            }

            var variables = Variable()
                .Matches(text)
                .Select(match => match.Groups["name"].Value)
                .ToDictionary(name => name, name => known[name]);
            if (text.StartsWith("subscription", StringComparison.Ordinal))
            {
                watched.Add(await host.SubscribeAsync(text, variables));
                continue;
            }

            var data = await host.QueryAsync(text, variables);
            Assert.Equal(text.Contains(Wrong, StringComparison.Ordinal), Learn(data));
        }

        Assert.Equal(4, watched.Count);
        foreach (var subscription in watched)
        {
            await subscription.NextAsync();
        }
    }

    /// <summary>Remembers what fields hold.</summary>
    /// <returns>Whether a mutation tells of something to mend.</returns>
    private bool Learn(JsonElement json)
    {
        var isWrong = false;
        if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in json.EnumerateObject())
            {
                known[property.Name] = property.Value;
                isWrong |= property.Name == "errors" && property.Value.ValueKind == JsonValueKind.Array;
                isWrong |= Learn(property.Value);
            }
        }
        else if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in json.EnumerateArray())
            {
                isWrong |= Learn(element);
            }
        }

        return isWrong;
    }

    [GeneratedRegex(@"\$(?<name>[A-Za-z]+):", RegexOptions.None, 1000)]
    private static partial Regex Variable();
}
