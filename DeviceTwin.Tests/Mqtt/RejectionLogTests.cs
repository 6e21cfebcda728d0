using DeviceTwin.Api.Mqtt;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Mqtt;

public sealed class RejectionLogTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly LogLines lines = new();
    private readonly ServiceCounters counters;
    private readonly RejectionLog log;

    public RejectionLogTests()
    {
        counters = new ServiceCounters(clock);
        log = new RejectionLog(counters, clock, new LoggerFactory([lines]).CreateLogger<RejectionLog>());
    }

    [Fact]
    public void Ten_lines_a_second_are_written_and_one_that_counts_the_rest()
    {
        for (var number = 0; number < 1_000; number++)
        {
            log.Reject($"d{number}", "bad");
        }

        Assert.Equal(10, lines.All.Count);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Warning: Rejected 990 more messages within a second.", lines.All.Last());
        Assert.Equal(1_000, counters.MessagesRejected);

        log.Reject("later", "bad");
        Assert.Equal("Warning: Rejected a message of later: bad.", lines.All.Last());
    }

    [Fact]
    public void Nothing_is_said_of_messages_left_out_when_none_was()
    {
        log.Reject("d1", "bad");
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(lines.All);
    }

    [Fact]
    public void An_id_cannot_forge_a_line()
    {
        log.Reject("d1\nInformation: all is well\u001b[2J\u2028\u202e", "bad");
        Assert.Equal(
            "Warning: Rejected a message of d1\\u000aInformation: all is well\\u001b[2J\\u2028\\u202e: bad.",
            Assert.Single(lines.All)
        );
    }
}
