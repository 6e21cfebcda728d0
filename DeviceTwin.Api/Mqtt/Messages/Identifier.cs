using System.Buffers;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>The rules for ids and names: 1 to 200 characters, none of them a control character.</summary>
internal static class Identifier
{
    private const int Longest = 200;

    private static readonly SearchValues<char> ControlCharacters = SearchValues.Create([
        .. Enumerable.Range(0, 0x100).Select(code => (char)code).Where(char.IsControl),
    ]);

    /// <summary>Gives back an organization's id or a snap's name.</summary>
    /// <exception cref="MalformedMessageException">It breaks the rules.</exception>
    public static string Checked(string? value, string field)
    {
        if (string.IsNullOrEmpty(value))
        {
            throw new MalformedMessageException($"{field} is missing");
        }

        if (value.Length > Longest)
        {
            throw new MalformedMessageException($"{field} is longer than {Longest} characters");
        }

        return value.AsSpan().ContainsAny(ControlCharacters)
            ? throw new MalformedMessageException($"{field} holds a control character")
            : value;
    }

    /// <summary>Gives back a device's id, which is also a level of MQTT topics.</summary>
    /// <exception cref="MalformedMessageException">It breaks the rules.</exception>
    public static string CheckedDevice(string? value, string field) =>
        Checked(value, field).AsSpan().ContainsAny('/', '+', '#')
            ? throw new MalformedMessageException($"{field} holds one of / + #")
            : value!;
}
