using System.Globalization;

namespace DeviceTwin.Simulator;

/// <summary>Memory and processor use that wander as a real device's do.</summary>
internal sealed class DeviceLoad(string deviceId, long memoryBytes, Chance chance, DateTimeOffset bootedAt)
{
    private double _used = 0.25 + chance.Fraction() * 0.3;
    private double _userSeconds;
    private double _systemSeconds;
    private double _countedSeconds;

    /// <summary>The memory line; the share used moves by at most two percent a time.</summary>
    public string Memory()
    {
        _used = Math.Clamp(_used + (chance.Fraction() - 0.5) * 0.04, 0.1, 0.95);
        var used = (long)(memoryBytes * _used);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"memory,device={deviceId} total={memoryBytes},used={used},usedpc={100.0 * used / memoryBytes:F6}"
        );
    }

    /// <summary>The processor line: seconds since boot, over four cores.</summary>
    public string Cpu(DateTimeOffset now)
    {
        var total = Math.Max(0, (now - bootedAt).TotalSeconds) * 4;
        var coreSeconds = Math.Max(0, total - _countedSeconds);
        _countedSeconds = total;
        _userSeconds += coreSeconds * chance.Fraction() * 0.3;
        _systemSeconds += coreSeconds * chance.Fraction() * 0.1;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"cpu,device={deviceId} user={_userSeconds:F6},system={_systemSeconds:F6},total={total:F6}"
        );
    }
}
