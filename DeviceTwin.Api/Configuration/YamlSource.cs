using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DeviceTwin.Api.Configuration;

/// <summary>
/// Values from a YAML file. It reads events rather than a document: each has its line, and a path that no key begins with ends
/// the reading, so that neither depth nor aliases can make a small file large.
/// </summary>
internal sealed class YamlSource
{
    private readonly string file;
    private readonly Parser parser;
    private readonly List<SourcedValue> values = [];
    private readonly Dictionary<string, long> lines = [];

    private YamlSource(string path, string text)
    {
        file = path;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>Reads a file's text.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">What it holds.</param>
    /// <exception cref="SettingsException">It is no YAML, or holds a key that is not known or given twice.</exception>
    public static IReadOnlyList<SourcedValue> Read(string path, string text)
    {
        var source = new YamlSource(path, text);
        try
        {
            source.ReadStream();
        }
        catch (YamlException fault)
        {
            throw source.Fault(fault.Start, $"is not YAML: {fault.Message}");
        }
        return source.values;
    }

    private void ReadStream()
    {
        Next();
        if (Next() is StreamEnd)
        {
            return;
        }
        switch (Next())
        {
            case MappingStart:
                ReadSection("");
                break;
            case Scalar scalar when IsNull(scalar):
                break;
            case var other:
                throw Fault(other.Start, "must hold keys with values, such as service.port: 8040");
        }
        Next();
        if (Next() is DocumentStart second)
        {
            throw Fault(second.Start, "begins a second document; keep one");
        }
    }

    private void ReadSection(string prefix)
    {
        var sections = new Dictionary<string, long>();
        while (Next() is var key and not MappingEnd)
        {
            if (key is not Scalar { Value: var name })
            {
                throw Fault(key.Start, "a key must be plain text");
            }
            var path = prefix + name;
            switch (Next())
            {
                case Scalar scalar:
                    ReadValue(path, scalar, key.Start);
                    break;
                case SequenceStart when SettingKeys.Find(path) is { IsList: true } list:
                    CheckOnce(this.lines, path, key.Start);
                    values.Add(new SourcedValue(list, new YamlList(Next, Fault).ReadAsJson(), Origin(key.Start)));
                    break;
                case MappingStart when SettingKeys.IsSection(path):
                    CheckOnce(sections, path, key.Start);
                    ReadSection(path + ".");
                    break;
                case var _ when !SettingKeys.IsSection(path) && SettingKeys.Find(path) is null:
                    throw Fault(key.Start, SettingKeys.Unknown(path));
                case AnchorAlias:
                    throw Fault(key.Start, $"{path} is an alias; write its value");
                default:
                    throw Fault(key.Start, $"{path} takes no list and no keys below it");
            }
        }
    }

    private void ReadValue(string path, Scalar scalar, Mark at)
    {
        var value = IsNull(scalar) ? "" : scalar.Value;
        if (SettingKeys.Find(path) is { } key)
        {
            CheckOnce(this.lines, path, at);
            values.Add(new SourcedValue(key, value, Origin(at)));
        }
        else if (!SettingKeys.IsSection(path))
        {
            throw Fault(at, SettingKeys.Unknown(path));
        }
        else if (value.Length > 0)
        {
            throw Fault(at, $"{path} is a section and takes no value itself, see --help for the keys below it");
        }
    }

    private void CheckOnce(Dictionary<string, long> lines, string path, Mark at)
    {
        if (!lines.TryAdd(path, at.Line))
        {
            var first = lines[path].ToString(CultureInfo.InvariantCulture);
            throw Fault(at, $"{path} is given twice, the first time in line {first}; keep one");
        }
    }

    /// <summary>Nothing, <c>~</c> or <c>null</c>: what YAML calls null.</summary>
    internal static bool IsNull(Scalar scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private ParsingEvent Next()
    {
        try
        {
            parser.MoveNext();
        }
        catch (InvalidOperationException fault)
        {
            // YamlDotNet says it this way when a file begins with the end of a document ("...") and goes on with no new one.
            throw Fault(parser.Current!.End, $"is not YAML: {fault.Message}");
        }
        return parser.Current!;
    }

    private string Origin(Mark at) => string.Create(CultureInfo.InvariantCulture, $"{file}, line {at.Line}");

    private SettingsException Fault(Mark at, string problem) => new(Origin(at), problem);
}
