namespace DeviceTwin.Data.Values;

/// <summary>
/// How large a JSON value from outside may be. Whatever carries a value (request parsers, message readers, result writers) derives its own
/// limits from these, so that a value that was accepted can be read everywhere.
/// </summary>
public static class ValueLimits
{
    /// <summary>How many levels of objects and arrays a value may nest.</summary>
    public const int Depth = 64;

    /// <summary>How many levels a request or a message may have: a value and what stands around it.</summary>
    public const int MessageDepth = Depth + 192;

    /// <summary>The longest number, in characters. The canonical form of every double is shorter.</summary>
    public const int NumberLength = 400;

    /// <summary>The largest value, in bytes of its canonical form.</summary>
    public const int Bytes = 1024 * 1024;
}
