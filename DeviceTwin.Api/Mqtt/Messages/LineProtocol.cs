using System.Globalization;
using System.Text;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>InfluxDB line protocol: <c>measurement[,tag=value…] field=value[,field=value…] [timestamp]</c>.</summary>
internal static class LineProtocol
{
    /// <summary>A line.</summary>
    /// <param name="Measurement">What was measured.</param>
    /// <param name="Tags">By name.</param>
    /// <param name="Fields">By name, as written: numbers with their suffix, texts in their quotes.</param>
    public sealed record Line(
        string Measurement,
        IReadOnlyDictionary<string, string> Tags,
        IReadOnlyDictionary<string, string> Fields
    );

    /// <summary>Reads the lines of a text; empty lines and comments are passed over.</summary>
    /// <exception cref="MalformedMessageException">There is none, or one is not line protocol.</exception>
    public static IReadOnlyList<Line> Read(string text)
    {
        var cursor = new Cursor(text);
        var lines = new List<Line>();
        while (cursor.SkipToLine())
        {
            lines.Add(ReadLine(ref cursor));
        }

        return lines.Count > 0 ? lines : throw new MalformedMessageException("the payload holds no line");
    }

    /// <summary>A tag's value as it is written.</summary>
    /// <param name="value">The value.</param>
    public static string Escape(string value) =>
        value
            .Replace(",", @"\,", StringComparison.Ordinal)
            .Replace("=", @"\=", StringComparison.Ordinal)
            .Replace(" ", @"\ ", StringComparison.Ordinal);

    private static Line ReadLine(ref Cursor cursor)
    {
        var measurement = cursor.Take(", ");
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        while (cursor.Accept(','))
        {
            var name = cursor.Take("=");
            cursor.Expect('=');
            tags[name] = cursor.Take(", ");
        }

        cursor.Expect(' ');
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        do
        {
            var name = cursor.Take("=");
            cursor.Expect('=');
            fields[name] = cursor.TakeValue();
        } while (cursor.Accept(','));

        if (cursor.Accept(' ') && !long.TryParse(cursor.Take(""), CultureInfo.InvariantCulture, out _))
        {
            throw new MalformedMessageException("a line's timestamp is not an integer");
        }

        cursor.ExpectEnd();
        return new Line(measurement, tags, fields);
    }

    private ref struct Cursor(string text)
    {
        private int at;

        public bool SkipToLine()
        {
            while (at < text.Length && text[at] is '\n' or '\r' or '#')
            {
                at = text[at] == '#' ? EndOfLine() : at + 1;
            }

            return at < text.Length;
        }

        public bool Accept(char expected)
        {
            var found = at < text.Length && text[at] == expected;
            at += found ? 1 : 0;
            return found;
        }

        public void Expect(char expected)
        {
            if (!Accept(expected))
            {
                throw NotALine();
            }
        }

        public void ExpectEnd()
        {
            if (at < text.Length && !Accept('\n') && !(Accept('\r') && Accept('\n')))
            {
                throw NotALine();
            }
        }

        // Takes a name or tag: all up to one of the ends or the line's end, where a backslash takes an end's meaning away.
        public string Take(string ends)
        {
            var taken = new StringBuilder();
            while (
                at < text.Length && text[at] is not ('\n' or '\r') && !ends.Contains(text[at], StringComparison.Ordinal)
            )
            {
                at += text[at] == '\\' && at + 1 < text.Length && text[at + 1] is ',' or '=' or ' ' ? 1 : 0;
                taken.Append(text[at++]);
            }

            return taken.Length > 0 ? taken.ToString() : throw NotALine();
        }

        // Takes a field's value; a text in quotes may hold everything, line ends too.
        public string TakeValue()
        {
            if (at >= text.Length || text[at] != '"')
            {
                return Take(", ");
            }

            var start = at++;
            while (at < text.Length && text[at] != '"')
            {
                at += text[at] == '\\' ? 2 : 1;
            }

            return at < text.Length ? text[start..++at] : throw NotALine();
        }

        private readonly int EndOfLine() => text.IndexOf('\n', at) is var end and >= 0 ? end : text.Length;

        private static MalformedMessageException NotALine() => new("a line is not InfluxDB line protocol");
    }
}
