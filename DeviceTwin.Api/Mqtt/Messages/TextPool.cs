using System.Text;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>
/// Strings that were read before, so that the same text does not become a new string with every message. It holds at most one string a slot, the last one
/// that fell into it, and may be used by many at once.
/// </summary>
/// <param name="slots">How many, a power of two.</param>
internal sealed class TextPool(int slots)
{
    private readonly string?[] texts = new string?[slots];

    /// <summary>Finds a text, or makes it.</summary>
    /// <param name="text">ASCII; anything else is not found.</param>
    /// <returns>The text, or null where it is not ASCII.</returns>
    public string? Find(ReadOnlySpan<byte> text)
    {
        var hash = new HashCode();
        hash.AddBytes(text);
        ref var slot = ref texts[hash.ToHashCode() & (slots - 1)];
        if (slot is { } known && Ascii.Equals(text, known))
        {
            return known;
        }

        return Ascii.IsValid(text) ? slot = Encoding.ASCII.GetString(text) : null;
    }
}
