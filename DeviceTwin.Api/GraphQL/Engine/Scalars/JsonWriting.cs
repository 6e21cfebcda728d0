using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Data.Values;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Scalars;

/// <summary>Makes checked JSON of what the engine parsed: literals of a document, and variables.</summary>
internal static class JsonWriting
{
    /// <summary>A literal of a GraphQL document.</summary>
    /// <exception cref="CallerError">It is not a JSON value that can be kept; the message names the place.</exception>
    public static JsonElement OfLiteral(GraphQLValue value)
    {
        var json = new StringBuilder();
        WriteLiteral(json, value);
        return Check(json.ToString());
    }

    /// <summary>A variable's value.</summary>
    /// <exception cref="CallerError">It is not a JSON value that can be kept; the message names the place.</exception>
    public static JsonElement OfVariable(object value)
    {
        var json = new StringBuilder();
        WriteValue(json, value);
        return Check(json.ToString());
    }

    private static JsonElement Check(string json) =>
        CanonicalJson.TryRead(json, ValueRules.Strict, out var canonical, out var fault)
            ? StoredJson.Read(canonical)
            : throw new CallerError(ErrorCodes.InvalidValue, fault.Message);

    private static void WriteLiteral(StringBuilder json, GraphQLValue value)
    {
        switch (value)
        {
            case GraphQLNullValue:
                json.Append("null");
                break;
            case GraphQLBooleanValue boolean:
                json.Append(boolean.BoolValue ? "true" : "false");
                break;
            case GraphQLIntValue number:
                json.Append(number.Value.Span);
                break;
            case GraphQLFloatValue number:
                json.Append(number.Value.Span);
                break;
            case GraphQLStringValue text:
                WriteText(json, text.Value.Span);
                break;
            case GraphQLListValue list:
                WriteItems(json, list.Values ?? [], WriteLiteral);
                break;
            case GraphQLObjectValue fields:
                WriteFields(
                    json,
                    fields.Fields ?? [],
                    field => (field.Name.Value.ToString(), field.Value),
                    WriteLiteral
                );
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

    private static void WriteValue(StringBuilder json, object? value)
    {
        switch (value)
        {
            case null:
                json.Append("null");
                break;
            case JsonElement element:
                json.Append(element.GetRawText());
                break;
            case bool boolean:
                json.Append(boolean ? "true" : "false");
                break;
            case string text:
                WriteText(json, text);
                break;
            case int or long or ulong or decimal or BigInteger:
                json.Append(CultureInfo.InvariantCulture, $"{value}");
                break;
            case double number when double.IsFinite(number):
                json.Append(number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case IEnumerable<KeyValuePair<string, object?>> fields:
                WriteFields(json, fields, field => (field.Key, field.Value), WriteValue);
                break;
            case IEnumerable list:
                WriteItems(json, list.Cast<object?>(), WriteValue);
                break;
            default:
                throw new CallerError(ErrorCodes.InvalidValue, "The value is not JSON.");
        }
    }

    private static void WriteItems<T>(StringBuilder json, IEnumerable<T> items, Action<StringBuilder, T> write)
    {
        json.Append('[');
        var isFirst = true;
        foreach (var item in items)
        {
            json.Append(isFirst ? "" : ",");
            write(json, item);
            isFirst = false;
        }
        json.Append(']');
    }

    private static void WriteFields<TField, T>(
        StringBuilder json,
        IEnumerable<TField> fields,
        Func<TField, (string Name, T Value)> read,
        Action<StringBuilder, T> write
    )
    {
        json.Append('{');
        var isFirst = true;
        foreach (var field in fields)
        {
            var (name, value) = read(field);
            json.Append(isFirst ? "" : ",");
            WriteText(json, name);
            json.Append(':');
            write(json, value);
            isFirst = false;
        }
        json.Append('}');
    }

    // By hand: an encoder would replace half of a surrogate pair, which the check has to find.
    private static void WriteText(StringBuilder json, ReadOnlySpan<char> text)
    {
        json.Append('"');
        foreach (var letter in text)
        {
            _ =
                letter is '"' or '\\' ? json.Append('\\').Append(letter)
                : letter < ' ' ? json.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}")
                : json.Append(letter);
        }
        json.Append('"');
    }
}
