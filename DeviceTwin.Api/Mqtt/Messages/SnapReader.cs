using System.Text.Json;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>
/// Reads snaps and lists of snaps. A field of a snap that cannot be kept is left empty and noted. A list that does not say for sure which snaps there
/// are is rejected as a whole: it would delete snaps.
/// </summary>
internal static class SnapReader
{
    private const int TextLimit = 1_000;
    private const int HashLimit = 200;

    /// <summary>Reads the result of <c>list</c>: an array, or version 2's object with hashes.</summary>
    /// <exception cref="MalformedMessageException">It has another form, holds null, a snap without a name or a snap twice.</exception>
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
    /// <exception cref="MalformedMessageException">It is not an object, or has no name.</exception>
    public static SnapReport Read(JsonElement element)
    {
        var fields = new JsonFields(element, "a snap");
        var odd = new OddFields(fields);
        return new SnapReport
        {
            Name = Identifier.Checked(fields.Text("name", TextLimit), "a snap's name"),
            DeviceId = odd.Text("deviceId", TextLimit),
            Version = odd.Text("version", TextLimit),
            Revision = odd.Read("revision", fields.Int32, 0),
            Channel = odd.Text("channel", TextLimit),
            Confinement = odd.Text("confinement", TextLimit),
            Status = odd.Text("status", TextLimit),
            Devmode = odd.Read("devmode", fields.Flag, false),
            InstalledSize = odd.Read("installedSize", fields.Size, 0),
            InstalledAt = odd.Read("installedDate", fields.Instant, null),
            Config = odd.Read("config", name => SnapConfig.Read(fields.JsonText(name)), null),
            Services = odd.Read("services", name => ServiceReader.Read(fields, name), []),
            FieldErrors = odd.Reasons,
        };
    }

    private static SnapReport[] ReadSnaps(JsonElement list)
    {
        var snaps = JsonFields.Array(list, "snaps").Select(Read).ToArray();
        return snaps.DistinctBy(snap => snap.Name, StringComparer.Ordinal).Count() == snaps.Length
            ? snaps
            : throw new MalformedMessageException("a snap is listed twice");
    }

    private static string? Hash(JsonFields fields, string name) =>
        fields.Text(name, HashLimit) is { Length: > 0 } hash ? hash : null;
}
