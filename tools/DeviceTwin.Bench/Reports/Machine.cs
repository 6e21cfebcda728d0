using System.Globalization;
using System.Runtime.InteropServices;

namespace DeviceTwin.Bench.Reports;

/// <summary>What was measured on, and when: figures of different machines do not compare.</summary>
/// <param name="MeasuredAt">When it began (UTC).</param>
/// <param name="Cores">How many cores service, broker, database and publisher share.</param>
/// <param name="OperatingSystem">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="LoadBefore">The load of the last minute before it began; null where the system does not tell it.</param>
internal sealed record Machine(
    DateTime MeasuredAt,
    int Cores,
    string OperatingSystem,
    string Runtime,
    double? LoadBefore
)
{
    private const string LoadFile = "/proc/loadavg";

    /// <summary>Looks at this machine.</summary>
    public static Machine Look(TimeProvider clock) =>
        new(
            clock.GetUtcNow().UtcDateTime,
            Environment.ProcessorCount,
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            File.Exists(LoadFile)
                ? double.Parse(File.ReadAllText(LoadFile).Split(' ')[0], CultureInfo.InvariantCulture)
                : null
        );
}
