using System.Buffers;
using DeviceTwin.Api.Mqtt.Messages;

namespace DeviceTwin.Tests.Mqtt.Messages;

/// <summary>It measures the memory of the process, so it runs when the other tests are done.</summary>
[Collection(nameof(MessageFuzzTests))]
public sealed class MessageFuzzTests
{
    private const int Count = 210_000;

    [Fact]
    public void Two_hundred_thousand_mutated_payloads_are_each_taken_or_rejected_and_memory_stays_flat()
    {
        var random = new Random(20261123);
        var taken = 0;
        var rejected = 0;
        long before = 0;
        for (var round = 0; round < Count; round++)
        {
            if (round == Count / 10)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }

            var payload = new ReadOnlySequence<byte>(MutatedMessages.Next(random));
            try
            {
                switch (round % 4)
                {
                    case 0:
                        HeartbeatReader.Read("c333", payload, Payload.Now);
                        break;
                    case 1:
                        AnswerReader.Read("c333", payload, Payload.Now);
                        break;
                    case 2:
                        ReportedPatchReader.Read("c333", payload);
                        break;
                    default:
                        MetricsReader.Read("abc", payload, Payload.Now);
                        break;
                }

                taken++;
            }
            catch (MalformedMessageException)
            {
                rejected++;
            }
        }

        // Both happened, so both ways were walked; any other exception has failed the test.
        Assert.True(taken > Count / 100, $"{taken} taken");
        Assert.True(rejected > Count / 2, $"{rejected} rejected");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 * 1024 * 1024);
    }
}

[CollectionDefinition(nameof(MessageFuzzTests), DisableParallelization = true)]
public sealed class MessageFuzzCollection;
