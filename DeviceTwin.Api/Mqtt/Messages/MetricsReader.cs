using System.Buffers;
using System.Globalization;
using System.Text;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>Reads the measurements <c>memory</c> and <c>cpu</c> from InfluxDB line protocol; others are passed over.</summary>
internal static class MetricsReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Reads the lines of a payload.</summary>
    /// <param name="organizationId">The organization, as the topic names it.</param>
    /// <param name="payload">One line or several.</param>
    /// <param name="receivedAt">When it was taken in (UTC).</param>
    /// <exception cref="MalformedMessageException">A line is not line protocol, or a value makes no sense.</exception>
    public static IReadOnlyList<MetricsReport> Read(
        string organizationId,
        ReadOnlySequence<byte> payload,
        DateTime receivedAt
    )
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(payload);
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedMessageException("the payload is not UTF-8");
        }

        var reports = new List<MetricsReport>();
        foreach (var line in LineProtocol.Read(text))
        {
            if (line.Measurement is "memory" or "cpu")
            {
                reports.Add(Report(organizationId, line, receivedAt));
            }
        }

        return reports;
    }

    /// <summary>Writes one line again, so that reading it gives the same.</summary>
    /// <param name="report">What the line said.</param>
    public static ReadOnlySequence<byte> Write(MetricsReport report)
    {
        (string Name, IFormattable? Value)[] fields = report
            is { CpuUserSeconds: null, CpuSystemSeconds: null, CpuTotalSeconds: null }
            ?
            [
                ("total", report.MemoryTotalBytes),
                ("used", report.MemoryUsedBytes),
                ("usedpc", report.MemoryUsedPercent),
            ]
            : [("user", report.CpuUserSeconds), ("system", report.CpuSystemSeconds), ("total", report.CpuTotalSeconds)];
        var measurement = fields[0].Name == "total" ? "memory" : "cpu";
        var written = string.Join(
            ',',
            fields
                .Where(field => field.Value is not null)
                .Select(field => $"{field.Name}={field.Value!.ToString(null, CultureInfo.InvariantCulture)}")
        );
        // A line has a field, if only one that is not read.
        var line =
            $"{measurement},device={LineProtocol.Escape(report.DeviceId)} {(written.Length > 0 ? written : "none=0")}";
        return new ReadOnlySequence<byte>(StrictUtf8.GetBytes(line));
    }

    private static MetricsReport Report(string organizationId, LineProtocol.Line line, DateTime receivedAt)
    {
        var deviceId = Identifier.CheckedDevice(line.Tags.GetValueOrDefault("device"), "the tag device");
        return line.Measurement == "memory"
            ? new MetricsReport(
                organizationId,
                deviceId,
                Bytes(line, "total"),
                Bytes(line, "used"),
                Number(line, "usedpc", 100),
                null,
                null,
                null,
                receivedAt
            )
            : new MetricsReport(
                organizationId,
                deviceId,
                null,
                null,
                null,
                Number(line, "user", double.MaxValue),
                Number(line, "system", double.MaxValue),
                Number(line, "total", double.MaxValue),
                receivedAt
            );
    }

    private static long? Bytes(LineProtocol.Line line, string field)
    {
        if (!line.Fields.TryGetValue(field, out var text))
        {
            return null;
        }

        // Beyond 2^53 a double no longer holds every integer, so integers are read as such.
        if (long.TryParse(text.AsSpan().TrimEnd('i'), NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        const double Limit = 9_223_372_036_854_774_784;
        return (long)Number(line, field, Limit)!.Value;
    }

    private static double? Number(LineProtocol.Line line, string field, double limit)
    {
        if (!line.Fields.TryGetValue(field, out var text))
        {
            return null;
        }

        var digits = text.EndsWith('i') ? text.AsSpan(0, text.Length - 1) : text;
        return
            double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= 0
            && number <= limit
            ? number
            : throw new MalformedMessageException($"{line.Measurement}: {field} is not a number in its range");
    }
}
