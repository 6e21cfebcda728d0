using System.Text.RegularExpressions;
using DeviceTwin.Api.Mqtt;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.Documents;

/// <summary>
/// Runs a page as it is written, a real shell with Mosquitto's clients as the device. After <c>sh</c> comes what is shown:
/// <c>text</c> in the terminal that listens, <c>json</c> by the command itself. Ids that differ each time are written as <c>…</c>;
/// <c>ID=…</c> stands for the last one that the terminal showed with the action that is answered.
/// </summary>
/// <param name="host">The service.</param>
internal sealed partial class Tutorial(TwinHost host) : IAsyncDisposable
{
    private const string Service = "http://localhost:8040/";
    private readonly DirectoryInfo clients = Directory.CreateTempSubdirectory("devicetwin-tutorial-");
    private GuardedProcess? listener;

    /// <summary>How many lines the terminal showed that the page tells of.</summary>
    public int Heard { get; private set; }

    /// <summary>Runs the page; fails where it shows something else than it says.</summary>
    /// <param name="path">Where it is, from the root of the repository.</param>
    public async Task RunAsync(params string[] path)
    {
        // Mosquitto's clients read the options that they are not given from here.
        foreach (var program in new[] { "mosquitto_sub", "mosquitto_pub" })
        {
            await File.WriteAllTextAsync(
                Path.Combine(clients.FullName, program),
                $"-h 127.0.0.1\n-p {host.BrokerPort}\n"
            );
        }

        var (command, printed) = ("", "");
        foreach (var (language, text) in await MarkdownPage.BlocksAsync(path))
        {
            switch (language)
            {
                case "sh" when text.StartsWith("dotnet ", StringComparison.Ordinal):
                    break;
                case "sh" when text.StartsWith("mosquitto_sub ", StringComparison.Ordinal) && listener is null:
                    listener = await ListenAsync(text);
                    break;
                case "sh":
                    command = Fill(text);
                    printed = await Commands.RunAsync(null, Shell(command));
                    break;
                case "json":
                    await PrintsAsync(command, printed, text);
                    break;
                case "text":
                    await HearsAsync(text.Split('\n'));
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (listener?.DisposeAsync() ?? ValueTask.CompletedTask);
        clients.Delete(recursive: true);
    }

    // What was published takes a moment to arrive; a reader is slower than that, and this asks again.
    private async Task PrintsAsync(string command, string printed, string expected)
    {
        if (!command.Contains("mutation", StringComparison.Ordinal))
        {
            await Eventually.BecomesTrueAsync(
                async () =>
                {
                    var isIt = printed.Trim() == expected;
                    printed = isIt ? printed : await Commands.RunAsync(null, Shell(command));
                    return isIt;
                },
                expected
            );
        }

        Assert.Equal(expected, printed.Trim());
    }

    private string Fill(string command)
    {
        var action = Action().Match(command).Groups["action"].Value;
        var asked = Id().Matches(listener?.Output ?? "").LastOrDefault(id => id.Groups["action"].Value == action);
        return command
            .Replace(Service, host.Address.AbsoluteUri, StringComparison.Ordinal)
            .Replace("ID=…", $"ID={asked?.Groups["id"]}", StringComparison.Ordinal);
    }

    private string[] Shell(string command) =>
        ["/usr/bin/env", $"XDG_CONFIG_HOME={clients.FullName}", "/bin/sh", "-ec", command];

    private async Task<GuardedProcess> ListenAsync(string command)
    {
        var clientId = ClientId().Match(command).Groups["id"].Value;
        var topics = 0;
        host.Services.GetRequiredService<EmbeddedBroker>().Server!.ClientSubscribedTopicAsync += subscribed =>
        {
            if (subscribed.ClientId == clientId)
            {
                Interlocked.Increment(ref topics);
            }

            return Task.CompletedTask;
        };
        var terminal = GuardedProcess.Start(Shell($"exec {command}"));
        var wanted = Topic().Count(command);
        await Eventually.BecomesTrueAsync(() => topics == wanted, $"the terminal listens, and says: {terminal.Output}");
        return terminal;
    }

    private async Task HearsAsync(string[] lines)
    {
        string[] Shown() =>
            [.. Id().Replace(listener!.Output, "\"id\":\"…\",\"action\":\"${action}\"").Split('\n').Skip(Heard)];
        await Eventually.BecomesTrueAsync(() => Shown().Length >= lines.Length && Shown()[0].Length > 0, lines[0]);
        Assert.Equal(lines, Shown());
        Heard += lines.Length;
    }

    [GeneratedRegex("\"id\":\"(?<id>[^\"]+)\",\"action\":\"(?<action>[a-z]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Id();

    [GeneratedRegex("\"action\":\"(?<action>[a-z]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Action();

    [GeneratedRegex(" -i (?<id>[^ ]+)", RegexOptions.None, 1000)]
    private static partial Regex ClientId();

    [GeneratedRegex(" -t ", RegexOptions.None, 1000)]
    private static partial Regex Topic();
}
