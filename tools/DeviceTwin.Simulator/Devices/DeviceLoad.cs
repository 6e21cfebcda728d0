using System.Globalization;

namespace DeviceTwin.Simulator;

/// <summary>Memory and processor use that wander as a real device's do.</summary>
internal sealed class DeviceLoad(string deviceId, long memoryBytes, Chance chance, DateTimeOffset bootedAt)
{
    private double usedShare = 0.25 + chance.Fraction() * 0.3;
    private double userSeconds;
    private double systemSeconds;
    private double countedSeconds;

    /// <summary>The memory line; the share used moves by at most two percent a time.</summary>
    public string Memory()
    {
        usedShare = Math.Clamp(usedShare + (chance.Fraction() - 0.5) * 0.04, 0.1, 0.95);
        var used = (long)(memoryBytes * usedShare);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"memory,device={deviceId} total={memoryBytes},used={used},usedpc={100.0 * used / memoryBytes:F6}"
        );
    }

    /// <summary>The processor line: seconds since boot, over four cores.</summary>
    public string Cpu(DateTimeOffset now)
    {
        var total = Math.Max(0, (now - bootedAt).TotalSeconds) * 4;
        var coreSeconds = Math.Max(0, total - countedSeconds);
        countedSeconds = total;
        userSeconds += coreSeconds * chance.Fraction() * 0.3;
        systemSeconds += coreSeconds * chance.Fraction() * 0.1;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"cpu,device={deviceId} user={userSeconds:F6},system={systemSeconds:F6},total={total:F6}"
        );
    }
}
