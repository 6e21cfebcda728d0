using System.Text.Json;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>Reads snaps and lists of snaps. A list with one bad snap is rejected as a whole.</summary>
internal static class SnapReader
{
    private const int TextLimit = 1_000;
    private const int HashLimit = 200;

    /// <summary>Reads the result of <c>list</c>: an array, or version 2's object with hashes.</summary>
    /// <exception cref="MalformedMessageException">It has another form, holds null or a snap twice.</exception>
    public static SnapListResult ReadList(JsonElement result)
    {
        if (result.ValueKind == JsonValueKind.Array)
        {
            return new SnapListResult(ReadSnaps(result), null, null);
        }

        var fields = new JsonFields(result, "result");
        return new SnapListResult(
            fields.Get("snaps") is { } snaps ? ReadSnaps(snaps) : [],
            Hash(fields, "snapListHash"),
            Hash(fields, "installedSnapsHash") ?? Hash(fields, "installedSnapHash")
        );
    }

    /// <summary>Reads one snap.</summary>
    /// <exception cref="MalformedMessageException">It has another form, or no name.</exception>
    public static SnapReport Read(JsonElement element)
    {
        var fields = new JsonFields(element, "a snap");
        return new SnapReport
        {
            Name = Identifier.Checked(fields.Text("name", TextLimit), "a snap's name"),
            DeviceId = fields.Text("deviceId", TextLimit),
            Version = fields.Text("version", TextLimit),
            Revision = fields.Int32("revision"),
            Channel = fields.Text("channel", TextLimit),
            Confinement = fields.Text("confinement", TextLimit),
            Status = fields.Text("status", TextLimit),
            Devmode = fields.Flag("devmode"),
            InstalledSize = fields.Size("installedSize"),
            InstalledAt = fields.Instant("installedDate"),
            Config = SnapConfig.Read(fields.Text("config", int.MaxValue)),
            Services = fields.Get("services") is { } services ? ReadServices(services) : null,
        };
    }

    private static SnapReport[] ReadSnaps(JsonElement list)
    {
        var snaps = Array(list, "snaps").Select(Read).ToArray();
        return snaps.DistinctBy(snap => snap.Name, StringComparer.Ordinal).Count() == snaps.Length
            ? snaps
            : throw new MalformedMessageException("a snap is listed twice");
    }

    private static SnapService[] ReadServices(JsonElement services) =>
        [
            .. Array(services, "services")
                .Select(service =>
                {
                    var fields = new JsonFields(service, "a service");
                    return new SnapService(
                        fields.Text("name", TextLimit),
                        fields.Text("daemon", TextLimit),
                        fields.Flag("enabled"),
                        fields.Flag("active")
                    );
                }),
        ];

    private static JsonElement.ArrayEnumerator Array(JsonElement element, string what) =>
        element.ValueKind == JsonValueKind.Array
            ? element.EnumerateArray()
            : throw new MalformedMessageException($"{what} is not a JSON array");

    private static string? Hash(JsonFields fields, string name) =>
        fields.Text(name, HashLimit) is { Length: > 0 } hash ? hash : null;
}
