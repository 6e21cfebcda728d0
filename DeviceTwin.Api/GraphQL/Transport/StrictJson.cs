using System.Text.Json;
using System.Text.Unicode;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>JSON as callers may send it: UTF-8, no key twice, every string real text.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Reads one value.</summary>
    /// <param name="utf8">The text.</param>
    /// <exception cref="JsonException">What is wrong with it.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw new JsonException("It is not UTF-8.");
        }

        RejectLoneSurrogates(utf8);
        return JsonElement.Parse(utf8, Options);
    }

    // System.Text.Json reports "\ud800" only when somebody reads the string, with an InvalidOperationException.
    private static void RejectLoneSurrogates(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.ValueIsEscaped)
            {
                try
                {
                    reader.GetString();
                }
                catch (InvalidOperationException exception)
                {
                    throw new JsonException("A string holds half of a surrogate pair.", exception);
                }
            }
        }
    }
}
