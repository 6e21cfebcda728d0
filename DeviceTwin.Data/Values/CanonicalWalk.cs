using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace DeviceTwin.Data.Values;

/// <summary>Walks over one value, checks it and writes its canonical form.</summary>
internal sealed class CanonicalWalk : IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Utf8JsonWriter writer;
    private readonly ValuePath path = new();
    private readonly ValueRules rules;

    public CanonicalWalk(ValueRules rules)
    {
        this.rules = rules;
        writer = new Utf8JsonWriter(
            buffer,
            new JsonWriterOptions
            {
                Encoder = CanonicalJson.Encoder,
                // What is written is well-formed by itself; the rules bound the depth.
                SkipValidation = true,
                MaxDepth = int.MaxValue,
            }
        );
    }

    /// <summary>Writes the value; gives the first fault.</summary>
    public ValueFault? Write(JsonElement value) => Write(value, level: 1, isInArray: false);

    /// <summary>What was written.</summary>
    public string Text()
    {
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public void Dispose() => writer.Dispose();

    private ValueFault? Write(JsonElement value, int level, bool isInArray)
    {
        var fault = value.ValueKind switch
        {
            JsonValueKind.Object => WriteObject(value, level, isInArray),
            JsonValueKind.Array => WriteArray(value, level),
            JsonValueKind.String => WriteText(value),
            JsonValueKind.Number => WriteNumber(value),
            JsonValueKind.True or JsonValueKind.False => WriteFlag(value.ValueKind == JsonValueKind.True),
            _ => WriteNull(isInArray),
        };
        return fault
            ?? (
                writer.BytesCommitted + writer.BytesPending > rules.Bytes
                    ? new ValueFault(
                        "$",
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"it is larger than {rules.Bytes} bytes, numbers written without exponent."
                        ),
                        IsTooLarge: true
                    )
                    : null
            );
    }

    private ValueFault? WriteObject(JsonElement value, int level, bool isInArray)
    {
        if (level > rules.Depth)
        {
            return TooDeep();
        }

        var (members, fault) = Members(value);
        if (fault is not null)
        {
            return fault;
        }

        writer.WriteStartObject();
        for (var place = 0; place < members.Count; place++)
        {
            var (key, utf8, _, member) = members[place];
            var isRepeated = place + 1 < members.Count && key == members[place + 1].Key;
            path.Push(key);
            if (isRepeated && rules.RefusesDuplicateKeys)
            {
                return Fault("the key is there twice.");
            }

            // Of equal keys the last one counts.
            if (!isRepeated)
            {
                writer.WritePropertyName(utf8);
                fault = Write(member, level + 1, isInArray);
                if (fault is not null)
                {
                    return fault;
                }
            }

            path.Pop();
        }

        writer.WriteEndObject();
        return null;
    }

    private (List<Member> Members, ValueFault? Fault) Members(JsonElement value)
    {
        var members = new List<Member>(value.GetPropertyCount());
        foreach (var property in value.EnumerateObject())
        {
            if (!ValueText.TryDecode(JsonMarshal.GetRawUtf8PropertyName(property), out var key))
            {
                if (!MayRepair(key))
                {
                    path.Push(key);
                    return (members, Fault(NotStorable("key", key)));
                }

                key = ValueText.Repair(key);
            }

            if (key.Length > rules.KeyLength)
            {
                path.Push(key);
                return (members, Fault($"the key is longer than {rules.KeyLength} characters."));
            }

            members.Add(new Member(key, Encoding.UTF8.GetBytes(key), members.Count, property.Value));
        }

        members.Sort(InOrderOfJsonb);
        return (members, null);
    }

    private ValueFault? WriteArray(JsonElement value, int level)
    {
        if (level > rules.Depth)
        {
            return TooDeep();
        }

        writer.WriteStartArray();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            path.Push(index++);
            if (Write(item, level + 1, isInArray: true) is { } fault)
            {
                return fault;
            }

            path.Pop();
        }

        writer.WriteEndArray();
        return null;
    }

    private ValueFault? WriteText(JsonElement value)
    {
        if (!ValueText.TryDecode(JsonMarshal.GetRawUtf8Value(value)[1..^1], out var text))
        {
            if (!MayRepair(text))
            {
                return Fault(NotStorable("text", text));
            }

            text = ValueText.Repair(text);
        }

        writer.WriteStringValue(text);
        return null;
    }

    private ValueFault? WriteNumber(JsonElement value)
    {
        var literal = JsonMarshal.GetRawUtf8Value(value);
        if (ValueNumber.TryCanonical(literal, out var canonical, out var fault))
        {
            writer.WriteRawValue(canonical, skipInputValidation: true);
        }
        else if (rules.AcceptsAll || (rules.IsEnvelope && literal.Length <= ValueLimits.NumberLength))
        {
            writer.WriteRawValue(literal, skipInputValidation: true);
        }
        else
        {
            return Fault(fault);
        }

        return null;
    }

    private ValueFault? WriteFlag(bool value)
    {
        writer.WriteBooleanValue(value);
        return null;
    }

    private ValueFault? WriteNull(bool isInArray)
    {
        if (isInArray && rules.RefusesNullInArrays)
        {
            return Fault("an array holds null, which means nothing here: only a key is deleted with null.");
        }

        writer.WriteNullValue();
        return null;
    }

    private bool MayRepair(string text) =>
        rules.AcceptsAll
        || (rules.IsEnvelope && ValueText.IsStorable(text.Replace("\0", "", StringComparison.Ordinal)));

    private ValueFault TooDeep() => Fault($"it nests more than {rules.Depth} levels deep.");

    private ValueFault Fault(string reason) => new(path.ToString(), reason);

    private static string NotStorable(string what, string text) =>
        text.Contains('\0', StringComparison.Ordinal)
            ? $"the {what} holds U+0000, which cannot be stored."
            : $"the {what} is not valid Unicode (half of a surrogate pair, or malformed UTF-8).";

    // By length and then by bytes, and equal keys as they stand.
    private static int InOrderOfJsonb(Member left, Member right)
    {
        var order = left.Utf8.Length.CompareTo(right.Utf8.Length);
        order = order != 0 ? order : left.Utf8.AsSpan().SequenceCompareTo(right.Utf8);
        return order != 0 ? order : left.Place.CompareTo(right.Place);
    }

    private readonly record struct Member(string Key, byte[] Utf8, int Place, JsonElement Value);
}
