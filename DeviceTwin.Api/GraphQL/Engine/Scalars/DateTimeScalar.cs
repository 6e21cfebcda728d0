using System.Globalization;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Data;
using GraphQL.Types;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Scalars;

/// <summary>Instants: <see cref="DateTime"/> in UTC and of <see cref="StoredInstant"/>'s precision inside, RFC 3339 outside. Any offset is read and converted to UTC.</summary>
public sealed class DateTimeScalar : ScalarGraphType
{
    private const int FractionLimit = 9;
    private const int TickDigits = 7;
    private const int LengthWithMilliseconds = 24;
    private const int LengthWithTicks = 28;
    private const string Input = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";

    /// <summary>Makes the scalar.</summary>
    public DateTimeScalar()
    {
        Name = "DateTime";
        Description = "An RFC 3339 instant in UTC, e.g. 2026-11-23T09:30:00.123Z.";
    }

    // The engine asks these first and then says only that the value does not fit; parsing says how it would.
    /// <inheritdoc/>
    public override bool CanParseLiteral(GraphQLValue value) => true;

    /// <inheritdoc/>
    public override bool CanParseValue(object? value) => true;

    /// <inheritdoc/>
    public override object? ParseLiteral(GraphQLValue value) =>
        value switch
        {
            GraphQLNullValue => null,
            GraphQLStringValue text => Parse(text.Value.ToString()),
            _ => ThrowLiteralConversionError(value, "A DateTime is a string, e.g. \"2026-11-23T09:30:00.123Z\"."),
        };

    /// <inheritdoc/>
    public override object? ParseValue(object? value) =>
        value switch
        {
            null => null,
            DateTime instant => ToUtc(instant),
            string text => Parse(text),
            _ => ThrowValueConversionError(value),
        };

    /// <inheritdoc/>
    public override object? Serialize(object? value) =>
        value switch
        {
            null => null,
            DateTime instant => Format(ToUtc(instant)),
            DateTimeOffset instant => Format(instant.UtcDateTime),
            _ => ThrowSerializationError(value),
        };

    /// <inheritdoc/>
    public override GraphQLValue ToAST(object? value) =>
        Serialize(value) is string text ? new GraphQLStringValue(text) : new GraphQLNullValue();

    // "O" has all of a second's seven digits, and .NET writes it directly: a format of our own is read anew for each instant.
    private static string Format(DateTime utc)
    {
        Span<char> text = stackalloc char[LengthWithTicks];
        utc.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        if (utc.Ticks % TimeSpan.TicksPerMillisecond == 0)
        {
            text = text[..LengthWithMilliseconds];
            text[^1] = 'Z';
        }

        return text.ToString();
    }

    // Databases give instants back without a kind; everything that is stored is UTC.
    private static DateTime ToUtc(DateTime instant) =>
        instant.Kind == DateTimeKind.Unspecified
            ? DateTime.SpecifyKind(instant, DateTimeKind.Utc)
            : instant.ToUniversalTime();

    private static DateTime Parse(string text)
    {
        var upper = CutToTicks(text.ToUpperInvariant());
        if (
            HasOffset(upper)
            && DateTimeOffset.TryParseExact(
                upper,
                Input,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var instant
            )
        )
        {
            return StoredInstant.Of(instant.UtcDateTime);
        }
        throw new CallerError(
            ErrorCodes.InvalidValue,
            "A DateTime is an RFC 3339 instant with an offset and at most nine digits of a second's fraction, "
                + "e.g. 2026-11-23T09:30:00.123Z."
        );
    }

    // .NET reads seven digits; what is finer than microseconds is cut off all the same.
    private static string CutToTicks(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var rest = text.AsSpan(point + 1);
        var digits = rest.IndexOfAnyExceptInRange('0', '9');
        return point >= 0 && digits is > TickDigits and <= FractionLimit
            ? $"{text.AsSpan(0, point + 1 + TickDigits)}{rest[digits..]}"
            : text;
    }

    private static bool HasOffset(string text) =>
        text.EndsWith('Z') || (text.Length > 6 && text[^3] == ':' && text[^6] is '+' or '-');
}
