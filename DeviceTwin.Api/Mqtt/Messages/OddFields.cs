using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>Reads the fields of one object and notes those that cannot be kept, so that the others are.</summary>
/// <param name="fields">The object's fields.</param>
internal sealed class OddFields(JsonFields fields)
{
    private readonly Dictionary<string, string> reasons = new(StringComparer.Ordinal);

    /// <summary>Why fields could not be kept, by name. The reasons hold no values.</summary>
    public IReadOnlyDictionary<string, string> Reasons => reasons;

    /// <summary>Reads a field, or gives what stands for one that cannot be kept.</summary>
    public T Read<T>(string name, Func<string, T> read, T empty)
    {
        try
        {
            return read(name);
        }
        catch (MalformedMessageException odd)
        {
            reasons[name] = odd.Message;
            return empty;
        }
    }

    /// <summary>Reads a text, with U+FFFD in place of what cannot be stored; empty where it is too long or no text.</summary>
    public string Text(string name, int limit) =>
        Read(
            name,
            field =>
            {
                if (fields.TryText(field, limit, out var text))
                {
                    return text;
                }

                reasons[field] = $"{field} holds characters that cannot be stored; U+FFFD stands for them";
                return ValueText.Repair(text);
            },
            ""
        );
}
