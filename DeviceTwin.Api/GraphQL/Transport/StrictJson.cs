using System.Text.Json;
using System.Text.Unicode;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>JSON as callers may send it: UTF-8, no key twice, every string real text, no number that costs much to read.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ValueLimits.MessageDepth };

    /// <summary>Reads one value; what it holds is looked at by <see cref="Check"/>.</summary>
    /// <param name="utf8">The text.</param>
    /// <exception cref="JsonException">What is wrong with it.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> utf8) =>
        Utf8.IsValid(utf8) ? JsonElement.Parse(utf8, Options) : throw new JsonException("It is not UTF-8.");

    /// <summary>Checks what was read; gives the first fault.</summary>
    /// <param name="element">What was read.</param>
    public static ValueFault? Check(JsonElement element)
    {
        CanonicalJson.TryWrite(element, ValueRules.Request, out _, out var fault);
        return fault;
    }
}
