using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DeviceTwin.Api.Configuration;

/// <summary>Reads a list from a YAML file as JSON, the form that a list has in every other source. All its values are texts.</summary>
/// <param name="next">Gives the next event.</param>
/// <param name="fault">Makes the error for a place.</param>
internal sealed class YamlList(Func<ParsingEvent> next, Func<Mark, string, SettingsException> fault)
{
    // The list, an entry, a list in it.
    private const int Deepest = 3;

    /// <summary>Reads the rest of a list whose start has been read.</summary>
    /// <exception cref="SettingsException">It nests too deep, holds an alias, or a key twice.</exception>
    public string ReadAsJson() => ReadSequence(depth: 1).ToJsonString();

    private JsonArray ReadSequence(int depth)
    {
        var list = new JsonArray();
        while (next() is var entry and not SequenceEnd)
        {
            list.Add(Read(entry, depth + 1));
        }
        return list;
    }

    private JsonObject ReadMapping(int depth)
    {
        var fields = new JsonObject();
        while (next() is var key and not MappingEnd)
        {
            if (key is not Scalar { Value: var name } || !fields.TryAdd(name, null))
            {
                throw fault(key.Start, "a key must be plain text, and stand there once");
            }
            fields[name] = Read(next(), depth + 1);
        }
        return fields;
    }

    private JsonNode? Read(ParsingEvent value, int depth) =>
        value switch
        {
            Scalar scalar => YamlSource.IsNull(scalar) ? null : JsonValue.Create(scalar.Value),
            SequenceStart when depth <= Deepest => ReadSequence(depth),
            MappingStart when depth <= Deepest => ReadMapping(depth),
            AnchorAlias => throw fault(value.Start, "is an alias; write its value"),
            _ => throw fault(value.Start, "nests too deep"),
        };
}
