using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Scalars;

/// <summary>Makes JSON of what the engine parsed: literals of a document, and variables.</summary>
internal static class JsonWriting
{
    private const int MaxDepth = 64;

    /// <summary>What was written, as an element of its own.</summary>
    public static JsonElement ToElement(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = MaxDepth }))
        {
            write(writer);
        }
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>Writes a literal of a GraphQL document.</summary>
    public static void WriteLiteral(Utf8JsonWriter writer, GraphQLValue value)
    {
        switch (value)
        {
            case GraphQLNullValue:
                writer.WriteNullValue();
                break;
            case GraphQLBooleanValue boolean:
                writer.WriteBooleanValue(boolean.BoolValue);
                break;
            case GraphQLIntValue number:
                writer.WriteRawValue(number.Value.Span);
                break;
            case GraphQLFloatValue number:
                writer.WriteRawValue(number.Value.Span);
                break;
            case GraphQLStringValue text:
                WriteText(writer, text.Value.ToString());
                break;
            case GraphQLListValue list:
                writer.WriteStartArray();
                foreach (var item in list.Values ?? [])
                {
                    WriteLiteral(writer, item);
                }
                writer.WriteEndArray();
                break;
            case GraphQLObjectValue fields:
                writer.WriteStartObject();
                foreach (var field in fields.Fields ?? [])
                {
                    writer.WritePropertyName(field.Name.Value.Span);
                    WriteLiteral(writer, field.Value);
                }
                writer.WriteEndObject();
                break;
            case GraphQLVariable:
                throw new CallerError(
                    ErrorCodes.InvalidValue,
                    "A JSON value cannot hold variables: pass the whole value as one variable."
                );
            default:
                throw new CallerError(
                    ErrorCodes.InvalidValue,
                    "JSON has no enum values: put the text in quotation marks."
                );
        }
    }

    /// <summary>Writes a variable's value.</summary>
    public static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonElement element:
                element.WriteTo(writer);
                break;
            case bool boolean:
                writer.WriteBooleanValue(boolean);
                break;
            case string text:
                WriteText(writer, text);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case BigInteger number:
                writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case IEnumerable<KeyValuePair<string, object?>> fields:
                writer.WriteStartObject();
                foreach (var (name, item) in fields)
                {
                    StorableText.Check(name);
                    writer.WritePropertyName(name);
                    WriteValue(writer, item);
                }
                writer.WriteEndObject();
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    WriteValue(writer, item);
                }
                writer.WriteEndArray();
                break;
            default:
                throw new CallerError(ErrorCodes.InvalidValue, "The value is not JSON.");
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string text)
    {
        StorableText.Check(text);
        writer.WriteStringValue(text);
    }
}
