namespace DeviceTwin.Data.Values;

/// <summary>What a JSON value may be. Numbers and texts have the same rules everywhere, see <see cref="ValueNumber"/> and <see cref="ValueText"/>.</summary>
public sealed record ValueRules
{
    /// <summary>What operators send, and what devices report of their properties: a key that is there twice is a mistake.</summary>
    public static ValueRules Strict { get; } = new();

    /// <summary>A snap's configuration as its device lists it: of a key that is there twice the last one counts, as Go reads JSON.</summary>
    public static ValueRules SnapConfig { get; } = new() { RefusesDuplicateKeys = false };

    /// <summary>
    /// A request as a whole: no key twice, real text, and numbers short enough to be read. The values in it are checked again by what takes them.
    /// </summary>
    public static ValueRules Request { get; } =
        new()
        {
            IsEnvelope = true,
            Depth = ValueLimits.MessageDepth,
            Bytes = int.MaxValue,
        };

    /// <summary>What a store holds, whichever release stored it: nothing is refused.</summary>
    internal static ValueRules Stored { get; } =
        new()
        {
            RefusesDuplicateKeys = false,
            AcceptsAll = true,
            Depth = 1_000,
            Bytes = int.MaxValue,
        };

    /// <summary>How many levels of objects and arrays it may nest.</summary>
    public int Depth { get; init; } = ValueLimits.Depth;

    /// <summary>The largest size, in bytes of the canonical form.</summary>
    public int Bytes { get; init; } = ValueLimits.Bytes;

    /// <summary>The longest key, in UTF-16 characters.</summary>
    public int KeyLength { get; init; } = int.MaxValue;

    /// <summary>Whether a key that is there twice is a fault; otherwise the last one counts.</summary>
    public bool RefusesDuplicateKeys { get; init; } = true;

    /// <summary>Whether null below an array is a fault.</summary>
    public bool RefusesNullInArrays { get; init; }

    /// <summary>Whether numbers beyond a double, and U+0000, are left to those who take the values.</summary>
    internal bool IsEnvelope { get; private init; }

    /// <summary>Whether odd numbers are kept as they are and odd texts are repaired.</summary>
    internal bool AcceptsAll { get; private init; }
}
