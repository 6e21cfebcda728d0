using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>How an answer over HTTP is written.</summary>
internal enum ResponseFormat
{
    /// <summary><c>application/graphql-response+json</c>: the status tells whether the request was executed.</summary>
    GraphQLResponse,

    /// <summary><c>application/json</c>: 200 for every well-formed request.</summary>
    Json,

    /// <summary><c>text/event-stream</c>: Server-Sent Events.</summary>
    EventStream,
}

/// <summary>The formats that a caller takes, best first.</summary>
internal sealed class AcceptedFormats
{
    private static readonly (ResponseFormat Format, string MediaType)[] Known =
    [
        (ResponseFormat.GraphQLResponse, "application/graphql-response+json"),
        (ResponseFormat.Json, "application/json"),
        (ResponseFormat.EventStream, "text/event-stream"),
    ];

    // What nearly every caller sends needs no reading.
    private static readonly FrozenDictionary<string, AcceptedFormats> Usual = Known
        .Select(known => known.MediaType)
        .Append("*/*")
        .ToFrozenDictionary(
            accept => accept,
            accept => Read([MediaTypeHeaderValue.Parse(accept)]),
            StringComparer.Ordinal
        );

    private readonly ResponseFormat[] formats;

    private AcceptedFormats(ResponseFormat[] formats) => this.formats = formats;

    /// <summary>Whether a subscription can be answered.</summary>
    public bool EventStream => formats.Contains(ResponseFormat.EventStream);

    /// <summary>The best format for an answer that is not streamed, or null.</summary>
    public ResponseFormat? Single =>
        formats.Where(format => format != ResponseFormat.EventStream).Cast<ResponseFormat?>().FirstOrDefault();

    /// <summary>The format for the answer to a query or a mutation, or null.</summary>
    public ResponseFormat? Preferred => formats.Cast<ResponseFormat?>().FirstOrDefault();

    /// <summary>Reads the <c>Accept</c> header. Types that are not known here are passed over.</summary>
    /// <param name="headers">The request's headers.</param>
    public static AcceptedFormats Of(RequestHeaders headers)
    {
        if (headers.Headers.Accept.All(string.IsNullOrWhiteSpace))
        {
            return new([ResponseFormat.GraphQLResponse]);
        }

        return headers.Headers.Accept is [{ } accept] && Usual.TryGetValue(accept, out AcceptedFormats? usual)
            ? usual
            : Read(headers.Accept);
    }

    private static AcceptedFormats Read(IList<MediaTypeHeaderValue> ranges)
    {
        IEnumerable<ResponseFormat> accepted =
            from known in Known
            let position = PositionOf(known.MediaType, known.Format, ranges)
            where position >= 0 && ranges[position].Quality is not 0
            orderby ranges[position].Quality ?? 1 descending, position
            select known.Format;
        return new([.. accepted]);
    }

    /// <summary>The media type that a format is written as.</summary>
    /// <param name="format">The format.</param>
    public static string ContentTypeOf(ResponseFormat format) => Known[(int)format].MediaType + "; charset=utf-8";

    // The most specific range decides, as RFC 9110 says. An event stream has to be asked for by name: `*/*` is what
    // every simple client sends, and it could not read one.
    private static int PositionOf(string mediaType, ResponseFormat format, IList<MediaTypeHeaderValue> ranges)
    {
        int found = -1;
        for (int index = 0; index < ranges.Count; index++)
        {
            MediaTypeHeaderValue range = ranges[index];
            bool matches =
                Specificity(range) == 2
                    ? range.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
                    : format != ResponseFormat.EventStream
                        && (
                            range.MatchesAllTypes
                            || range.Type.Equals("application", StringComparison.OrdinalIgnoreCase)
                        );
            if (matches && MediaTypes.IsUtf8(range) && (found < 0 || Specificity(range) > Specificity(ranges[found])))
            {
                found = index;
            }
        }

        return found;
    }

    private static int Specificity(MediaTypeHeaderValue range) =>
        range.MatchesAllTypes ? 0
        : range.MatchesAllSubTypes ? 1
        : 2;
}

/// <summary>What request and response headers have in common.</summary>
internal static class MediaTypes
{
    /// <summary>Whether a media type names UTF-8, as <c>utf-8</c> or as the common <c>utf8</c>, or no encoding.</summary>
    /// <param name="type">The media type.</param>
    public static bool IsUtf8(MediaTypeHeaderValue type) =>
        !type.Charset.HasValue
        || (
            HeaderUtilities.RemoveQuotes(type.Charset) is var charset
            && (
                charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)
            )
        );
}
