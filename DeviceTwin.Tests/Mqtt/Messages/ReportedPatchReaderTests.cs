using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins.Reporting;

namespace DeviceTwin.Tests.Mqtt.Messages;

public sealed class ReportedPatchReaderTests
{
    private static ReportedPatch Read(string json) => ReportedPatchReader.Read("c333", Payload.Of(json));

    [Theory]
    [InlineData("""{"patch":{"a":null},"version":7}""", """{"a":null}""", 7)]
    [InlineData("""{"version":0,"patch":{}}""", "{}", 0)]
    [InlineData("""{"patch":[1],"version":null,"more":true}""", "[1]", null)]
    public void The_patch_is_read_with_its_version(string json, string patch, int? version)
    {
        var read = Read(json);
        Assert.Equal(("c333", patch, version), (read.DeviceId, read.Patch.GetRawText(), read.Version));
    }

    [Theory]
    [InlineData("", "the payload is not a JSON object")]
    [InlineData("[]", "the payload is not a JSON object")]
    [InlineData("{} {}", "the payload is not a JSON object")]
    [InlineData("""{"patch":{"a":}}""", "the payload is not a JSON object")]
    [InlineData("{}", "patch is missing")]
    [InlineData("""{"patch":null,"version":1}""", "patch is missing")]
    [InlineData("""{"patch":{},"version":"1"}""", "version is not a version: a whole number from 0")]
    [InlineData("""{"patch":{},"version":1.5}""", "version is not a version: a whole number from 0")]
    [InlineData("""{"patch":{},"version":-1}""", "version is not a version: a whole number from 0")]
    [InlineData("""{"patch":{},"version":9999999999}""", "version is not a version: a whole number from 0")]
    public void What_is_no_message_with_a_patch_is_rejected_with_its_reason(string json, string reason) =>
        Assert.Equal(reason, Assert.Throws<MalformedMessageException>(() => Read(json)).Message);
}
