using System.Globalization;
using System.Text;
using DeviceTwin.Bench.Cases;

namespace DeviceTwin.Bench.Load;

/// <summary>The heartbeats of one burst: each device in turn, each newer than the device's last, as newer agents write them.</summary>
/// <param name="size">How many.</param>
/// <param name="startedAt">The first one's instant (UTC), to the microsecond; each next one is a microsecond later.</param>
internal sealed class Heartbeats(BurstSize size, DateTime startedAt)
{
    // PostgreSQL keeps microseconds.
    private readonly DateTime first = startedAt.AddTicks(-(startedAt.Ticks % TimeSpan.TicksPerMicrosecond));

    /// <summary>The devices' organization.</summary>
    public const string Organization = "bench";

    /// <summary>The hash of every device's snaps; the store holds it, too, so that no heartbeat tells of new ones.</summary>
    public const string SnapsHash = "5f2d0c7a9e14b6835f2d0c7a9e14b6835f2d0c7a9e14b6835f2d0c7a9e14b683";

    /// <summary>The ids of all devices.</summary>
    public static IEnumerable<string> DeviceIds(int devices) => Enumerable.Range(0, devices).Select(DeviceId);

    /// <summary>Their topics and payloads.</summary>
    /// <param name="folder">The topics' part before the device's id.</param>
    public IEnumerable<(string Topic, byte[] Payload)> Messages(string folder)
    {
        for (var number = 0; number < size.Messages; number++)
        {
            yield return Message(folder, Organization, DeviceId(number % size.Devices), At(number));
        }
    }

    /// <summary>One heartbeat's topic and payload.</summary>
    /// <param name="folder">The topic's part before the device's id.</param>
    /// <param name="organization">The organization.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="at">Its instant (UTC).</param>
    /// <param name="hash">The hash of its snaps, as the store holds it.</param>
    public static (string Topic, byte[] Payload) Message(
        string folder,
        string organization,
        string deviceId,
        DateTime at,
        string hash = SnapsHash
    )
    {
        var refresh = at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var json =
            $$"""{"orgId":"{{organization}}","deviceId":"{{deviceId}}","refresh":"{{refresh}}","snapListHash":"{{hash}}","installedSnapsHash":"{{hash}}"}""";
        return ($"{folder}/{deviceId}", Encoding.UTF8.GetBytes(json));
    }

    /// <summary>The topics' part before the device's id.</summary>
    public const string Topics = "devices/health";

    /// <summary>Each device's newest instant once all are stored.</summary>
    public IEnumerable<(string DeviceId, DateTime At)> Newest() =>
        Enumerable
            .Range(size.Messages - size.Devices, size.Devices)
            .Select(number => (DeviceId(number % size.Devices), At(number)));

    /// <summary>A device's id.</summary>
    public static string DeviceId(int number) => number.ToString("'bench-'0000", CultureInfo.InvariantCulture);

    private DateTime At(int number) => first.AddMicroseconds(number);
}
