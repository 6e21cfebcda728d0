using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>A snap's configuration: JSON that travels as a text inside JSON.</summary>
internal static class SnapConfig
{
    // The text goes to databases and GraphQL, never into a web page as it is.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gives back the configuration as compact JSON; null where there is none.</summary>
    /// <param name="text">The field <c>config</c>.</param>
    /// <exception cref="MalformedMessageException">It is not JSON, nests too deep, or cannot be stored.</exception>
    public static string? Read(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
            CheckTexts(document.RootElement);
            var buffer = new ArrayBufferWriter<byte>(text.Length);
            using (var writer = new Utf8JsonWriter(buffer, Compact))
            {
                document.RootElement.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        catch (JsonException)
        {
            throw new MalformedMessageException("config is not JSON");
        }
    }

    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                JsonText.Storable(JsonText.Decode(element, "config"), "config");
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    CheckTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var field in element.EnumerateObject())
                {
                    JsonText.Storable(JsonText.DecodeName(field), "config");
                    CheckTexts(field.Value);
                }

                break;
            default:
                break;
        }
    }
}
