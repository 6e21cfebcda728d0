using System.Text.RegularExpressions;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Host;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Documents;

public sealed partial class TutorialTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_first_device_becomes_what_the_tutorial_says()
    {
        await using var host = await TwinHost.StartAsync(output);
        await using var tutorial = new Tutorial(host);

        await tutorial.RunAsync("docs", "tutorial.md");

        Assert.Equal(4, tutorial.Heard);
    }

    [Fact]
    public async Task The_page_of_the_twin_topics_shows_what_it_says()
    {
        await using var host = await TwinHost.StartAsync(output);
        var fleet = host.CreateFleet(new SimulatorOptions());
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "twin-topics.md"));
        var device = DeviceId().Match(page).Groups["id"].Value;
        var older = fleet.Agents.Where(agent => !agent.Device.IsNewer).Select(agent => agent.DeviceId);
        Assert.Contains(device, older);
        fleet.Start();
        await host.FindTwinAsync(device, _ => true);
        await using var tutorial = new Tutorial(host);

        await tutorial.RunAsync("docs", "twin-topics.md");

        Assert.Equal(8, tutorial.Heard);
    }

    [GeneratedRegex(@"`(?<id>[^`]+)` is one, and you now speak for it", RegexOptions.None, 1000)]
    private static partial Regex DeviceId();
}
