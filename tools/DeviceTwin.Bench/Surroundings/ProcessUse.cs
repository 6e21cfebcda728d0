using System.Globalization;

namespace DeviceTwin.Bench.Surroundings;

/// <summary>What a process has taken of the machine, as Linux tells it.</summary>
/// <param name="processId">The process.</param>
internal sealed class ProcessUse(int processId)
{
    private const double TicksPerSecond = 100;

    /// <summary>Looks at the first process that another one started.</summary>
    public static ProcessUse OfChild(int parentId)
    {
        var children = File.ReadAllText(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{parentId}/task/{parentId}/children")
        );
        return new ProcessUse(int.Parse(children.Split(' ')[0], CultureInfo.InvariantCulture));
    }

    /// <summary>Processor time so far, in seconds.</summary>
    public double ProcessorSeconds()
    {
        // The program's name, in brackets, may hold anything; user and system time are 12 and 13 places behind it.
        var stat = Read("stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    /// <summary>Memory that is in use, in bytes.</summary>
    public long ResidentBytes() => StatusBytes("VmRSS:");

    /// <summary>The part of it that only holds files as they are on disk: all processes share it, and the system takes it back when it is short.</summary>
    public long FileBytes() => StatusBytes("RssFile:");

    private long StatusBytes(string field)
    {
        var line = Read("status").Split('\n').First(line => line.StartsWith(field, StringComparison.Ordinal));
        return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[1])
            * 1024;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private string Read(string file) =>
        File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{file}"));
}
