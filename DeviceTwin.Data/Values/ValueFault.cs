namespace DeviceTwin.Data.Values;

/// <summary>Why a JSON value is not accepted. It names the place and the kind of fault, never the value, which may be a secret.</summary>
/// <param name="Path">The place, e.g. <c>$.a.b[3]</c>.</param>
/// <param name="Reason">What is wrong there, a sentence that begins in lower case.</param>
/// <param name="IsTooLarge">Whether the size is the fault.</param>
public sealed record ValueFault(string Path, string Reason, bool IsTooLarge = false)
{
    /// <summary>Place and reason.</summary>
    public string Message => $"{Path}: {Reason}";
}
