using DeviceTwin.Simulator;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Simulator;

public sealed class SimulatorCommandTests
{
    [Fact]
    public void Every_option_reaches_the_fleet()
    {
        var line =
            "--devices 7 --organization abc --prefix x- --interval 500ms --broker example.com --ca a --certificate b "
            + "--key c --failure-rate 0.1 --away-share 0.2 --away-for 2m --older-share 0.4 --snapd-delay 5s --seed 9 --qos 1";
        var command = new SimulatorCommand();
        Assert.Equal(
            new SimulatorOptions
            {
                Devices = 7,
                Organization = "abc",
                Prefix = "x-",
                Interval = TimeSpan.FromMilliseconds(500),
                Broker = "example.com",
                Port = 8883,
                Tls = new TlsFiles("a", "b", "c"),
                FailureRate = 0.1,
                AwayShare = 0.2,
                AwayFor = TimeSpan.FromMinutes(2),
                OlderAgentShare = 0.4,
                SnapdDelay = TimeSpan.FromSeconds(5),
                Seed = 9,
                HeartbeatQuality = 1,
            },
            command.Read(command.Parse(line.Split(' ')))
        );
        Assert.Equal(new SimulatorOptions(), command.Read(command.Parse([])));
        Assert.Equal(3, command.Read(command.Parse(["--shared-connections", "3"])).SharedConnections);
    }

    [Theory]
    [InlineData("--devices 0", "devices must be from 1 to 1000000")]
    [InlineData("--organization a/b", "organization must be 1 to 200 characters without / + # or control characters")]
    [InlineData("--prefix +", "prefix must be 1 to 190 characters without / + # or control characters")]
    [InlineData("--interval 0s", "interval must be at least 10ms")]
    [InlineData("--port 70000", "port must be from 1 to 65535")]
    [InlineData("--failure-rate 2", "failure-rate must be from 0 to 1")]
    [InlineData("--away-share 1", "away-share must be from 0 to less than 1")]
    [InlineData("--qos 3", "qos must be 0, 1 or 2")]
    [InlineData("--shared-connections 30", "shared-connections must be from 0 to devices")]
    [InlineData("--certificate a", "certificate and key go together: give both or neither")]
    [InlineData("--ca /nowhere/ca.crt", "file /nowhere/ca.crt does not exist")]
    [InlineData("--certificates-folder /nowhere", "certificates-folder /nowhere does not exist")]
    [InlineData("--interval 5q", "--interval '5q' is not a duration: write for example 500ms, 5s, 15m or 12h")]
    public async Task A_value_that_cannot_be_used_ends_with_one_line_and_code_1(string line, string message)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await SimulatorCommand.RunAsync(line.Split(' '), output, errors);
        Assert.Equal(1, code);
        Assert.Equal(message, errors.ToString().Trim());
    }

    [Fact]
    public async Task It_tells_that_the_broker_is_away_and_keeps_trying_until_it_is_ended()
    {
        await using var fleet = new SimulatedFleet(
            new SimulatorOptions { Devices = 1, Port = SimulatorBroker.FreePort() }
        );
        fleet.Start();
        await SimulatorBroker.UntilAsync(() => fleet.Counters.Trouble is not null);
        var time = new FakeTimeProvider();
        using var written = new StringWriter();
        using var stop = new CancellationTokenSource();
        using var output = TextWriter.Synchronized(written);
        var running = new ProgressLine(fleet, output, rewrites: false, time).RunAsync(stop.Token);
        for (var second = 0; second < 10; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await SimulatorBroker.UntilAsync(() => written.ToString().Contains("trying again", StringComparison.Ordinal));
        await stop.CancelAsync();
        await running;
        Assert.StartsWith($"{fleet.Counters.Trouble}; trying again", written.ToString());
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("5s", 5)]
    [InlineData("1.5m", 90)]
    [InlineData("12h", 43_200)]
    [InlineData("7d", 604_800)]
    public void Durations_are_read(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("1e9s")]
    [InlineData("400d")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));
}
