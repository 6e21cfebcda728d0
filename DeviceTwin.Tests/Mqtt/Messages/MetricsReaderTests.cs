using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Tests.Mqtt.Messages;

public sealed class MetricsReaderTests
{
    private static IReadOnlyList<MetricsReport> Read(string text) =>
        MetricsReader.Read("abc", Payload.Of(text), Payload.Now);

    [Theory]
    [InlineData("memory,device=c333 total=8345640960,used=2345640960,usedpc=28.106")]
    [InlineData("memory,device=c333 total=8345640960i,used=2345640960i,usedpc=28.106 1763890200000000000\n")]
    [InlineData(
        "memory,host=a\\ b\\,c,device=c333 note=\"x, y=\\\" \n z\",total=8.34564096e9,used=2345640960,usedpc=28.106\r\n"
    )]
    public void Memory_is_read(string line) =>
        Assert.Equal(
            new MetricsReport("abc", "c333", 8345640960, 2345640960, 28.106, null, null, null, Payload.Now),
            Assert.Single(Read(line))
        );

    [Fact]
    public void Processor_time_is_read() =>
        Assert.Equal(
            new MetricsReport("abc", "c333", null, null, null, 1234.5, 345.6, 98765.4, Payload.Now),
            Assert.Single(Read("cpu,device=c333 user=1234.5,system=345.6,total=98765.4"))
        );

    [Fact]
    public void What_a_line_does_not_hold_is_none() =>
        Assert.Equal(
            new MetricsReport("abc", "c333", 5, null, null, null, null, null, Payload.Now),
            Assert.Single(Read("memory,device=c333 total=5,buffers=7"))
        );

    [Fact]
    public void Of_several_lines_those_of_other_measurements_are_passed_over() =>
        Assert.Equal(
            ["a", "b"],
            Read("# comment\nmemory,device=a total=1\n\ndisk,path=/ free=\"much\",ok=true\ncpu,device=b user=1")
                .Select(r => r.DeviceId)
        );

    [Fact]
    public void A_device_id_may_be_written_with_escapes() =>
        Assert.Equal("a b,c=d", Assert.Single(Read("memory,device=a\\ b\\,c\\=d total=1")).DeviceId);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("memory")]
    [InlineData("memory,device=c333")]
    [InlineData("memory,device=c333 ")]
    [InlineData("memory,device=c333 total")]
    [InlineData("memory,device=c333 total=")]
    [InlineData("memory,device=c333 total=1,")]
    [InlineData("memory,device= total=1")]
    [InlineData("memory total=1")]
    [InlineData("memory,device=c333 total=1 soon")]
    [InlineData("memory,device=c333 total=1 1 2")]
    [InlineData("memory,device=c333 total=\"1")]
    [InlineData("memory,device=c333 total=\"\\")]
    [InlineData("memory,device=c333 total=many")]
    [InlineData("memory,device=c333 total=-1")]
    [InlineData("memory,device=c333 total=1e30")]
    [InlineData("memory,device=c333 total=NaN")]
    [InlineData("memory,device=c333 usedpc=101")]
    [InlineData("cpu,device=c333 user=Infinity")]
    [InlineData("cpu,device=c333 user=-1")]
    [InlineData("cpu,device=a/b user=1")]
    [InlineData(",device=a user=1")]
    [InlineData("cpu,device=a user=1\nnonsense")]
    public void What_is_no_line_or_makes_no_sense_is_rejected(string text) =>
        Assert.Throws<MalformedMessageException>(() => Read(text));

    [Fact]
    public void What_is_no_UTF_8_is_rejected() =>
        Assert.Throws<MalformedMessageException>(() =>
            MetricsReader.Read("abc", new(new byte[] { (byte)'c', 0xff }), Payload.Now)
        );
}
