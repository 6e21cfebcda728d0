using System.Text.RegularExpressions;
using DeviceTwin.Api.Mqtt;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Host;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Documents;

/// <summary>
/// Runs docs/twin-topics.md as it is written, a real shell with Mosquitto's clients as the device. After <c>sh</c> comes what is shown:
/// <c>text</c> in the terminal that listens, <c>json</c> by the command itself.
/// </summary>
public sealed partial class TwinTopicsDocumentTests(ITestOutputHelper output)
{
    private const string Service = "http://localhost:8040/";

    [Fact]
    public async Task The_tutorial_shows_what_it_says()
    {
        await using var host = await TwinHost.StartAsync(output);
        var fleet = host.CreateFleet(new SimulatorOptions());
        var tutorial = await File.ReadAllTextAsync(Repository.PathOf("docs", "twin-topics.md"));
        var device = DeviceId().Match(tutorial).Groups["id"].Value;
        var older = fleet.Agents.Where(agent => !agent.Device.IsNewer).Select(agent => agent.DeviceId);
        Assert.Contains(device, older);
        fleet.Start();
        await host.FindTwinAsync(device, _ => true);

        var clients = Directory.CreateTempSubdirectory("devicetwin-tutorial-");
        await UsePortAsync(clients, host.BrokerPort);
        GuardedProcess? listener = null;
        try
        {
            var heard = 0;
            var printed = "";
            foreach (Match block in Block().Matches(tutorial))
            {
                var text = block.Groups["text"].Value.Trim();
                switch (block.Groups["language"].Value)
                {
                    case "sh" when text.StartsWith("dotnet ", StringComparison.Ordinal):
                        break;
                    case "sh" when text.StartsWith("mosquitto_sub -i listener", StringComparison.Ordinal):
                        listener = await ListenAsync(host, clients, device, text);
                        break;
                    case "sh":
                        var command = text.Replace(Service, host.Address.AbsoluteUri, StringComparison.Ordinal);
                        printed = await Commands.RunAsync(null, Shell(clients, command));
                        break;
                    case "json":
                        Assert.Equal(text, printed.Trim());
                        break;
                    case "text":
                        await HearsAsync(listener!, text.Split('\n'), heard);
                        heard += text.Split('\n').Length;
                        break;
                }
            }

            Assert.Equal(8, heard);
        }
        finally
        {
            await (listener?.DisposeAsync() ?? ValueTask.CompletedTask);
            clients.Delete(recursive: true);
        }
    }

    // Mosquitto's clients read the options that they are not given from here.
    private static async Task UsePortAsync(DirectoryInfo clients, int port)
    {
        foreach (var program in new[] { "mosquitto_sub", "mosquitto_pub" })
        {
            await File.WriteAllTextAsync(Path.Combine(clients.FullName, program), $"-h 127.0.0.1\n-p {port}\n");
        }
    }

    private static string[] Shell(DirectoryInfo clients, string command) =>
        ["/usr/bin/env", $"XDG_CONFIG_HOME={clients.FullName}", "/bin/sh", "-ec", command];

    private static async Task<GuardedProcess> ListenAsync(
        TwinHost host,
        DirectoryInfo clients,
        string device,
        string command
    )
    {
        var topics = 0;
        host.Services.GetRequiredService<EmbeddedBroker>().Server!.ClientSubscribedTopicAsync += subscribed =>
        {
            if (subscribed.TopicFilter.Topic.StartsWith($"devices/twin/{device}/", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref topics);
            }

            return Task.CompletedTask;
        };
        var listener = GuardedProcess.Start(Shell(clients, $"exec {command}"));
        await Eventually.BecomesTrueAsync(() => topics == 3, $"the terminal listens, and says: {listener.Output}");
        return listener;
    }

    private static async Task HearsAsync(GuardedProcess listener, string[] lines, int heard)
    {
        string[] Shown() => [.. listener.Output.Split('\n').Skip(heard)];
        await Eventually.BecomesTrueAsync(() => Shown().Length >= lines.Length && Shown()[0].Length > 0, lines[0]);
        Assert.Equal(lines, Shown());
    }

    [GeneratedRegex(@"`(?<id>[^`]+)` is one, and you now speak for it", RegexOptions.None, 1000)]
    private static partial Regex DeviceId();

    [GeneratedRegex(
        "^```(?<language>[a-z]+)\n(?<text>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline,
        1000
    )]
    private static partial Regex Block();
}
