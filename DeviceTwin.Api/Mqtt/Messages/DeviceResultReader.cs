using System.Text.Json;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>Reads who a device is and which operating system it runs.</summary>
internal static class DeviceResultReader
{
    private const int TextLimit = 1_000;
    private const int KeyLimit = 64 * 1024;

    /// <summary>Reads the result of <c>device</c> and <c>unregister</c>.</summary>
    /// <exception cref="MalformedMessageException">It has another form.</exception>
    public static DeviceResult ReadDevice(JsonElement result)
    {
        var fields = new JsonFields(result, "result");
        return new DeviceResult(
            Identifier.Checked(fields.Text("orgId", TextLimit), "orgId"),
            Identifier.CheckedDevice(fields.Text("deviceId", TextLimit), "deviceId"),
            fields.Text("brand", TextLimit),
            fields.Text("model", TextLimit),
            fields.Text("serial", TextLimit),
            fields.Text("store", TextLimit),
            fields.Text("deviceKey", KeyLimit) is { Length: > 0 } key ? key : null,
            fields.Get("version") is { } version ? ReadOperatingSystem(version) : null
        );
    }

    /// <summary>Reads the result of <c>server</c>.</summary>
    /// <exception cref="MalformedMessageException">It has another form.</exception>
    public static OperatingSystemResult ReadOperatingSystem(JsonElement result)
    {
        var fields = new JsonFields(result, "the operating system");
        return new OperatingSystemResult(
            fields.Text("deviceId", TextLimit),
            fields.RepairedText("version", TextLimit),
            fields.RepairedText("series", TextLimit),
            fields.RepairedText("osId", TextLimit),
            fields.RepairedText("osVersionId", TextLimit),
            fields.Flag("onClassic"),
            fields.RepairedText("kernelVersion", TextLimit)
        );
    }
}
