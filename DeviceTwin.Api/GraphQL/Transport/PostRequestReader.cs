using System.Buffers;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using GraphQL.Transport;
using Microsoft.Net.Http.Headers;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>What a POST asks for.</summary>
/// <param name="Requests">One request, or those of a batch.</param>
/// <param name="IsBatch">Whether the answer has to be a list.</param>
internal sealed record PostedRequests(IReadOnlyList<GraphQLRequest> Requests, bool IsBatch);

/// <summary>Reads the body of a POST.</summary>
internal sealed class PostRequestReader(RequestParser parser, Settings settings)
{
    private static readonly string[] PreflightHeaders =
    [
        "GraphQL-Preflight",
        "GraphQL-Require-Preflight",
        "X-Requested-With",
    ];

    /// <summary>Reads the body.</summary>
    /// <param name="request">The HTTP request.</param>
    /// <param name="cancellationToken">Cancelled when the caller is gone.</param>
    /// <exception cref="TransportError">The body is not what GraphQL over HTTP asks for.</exception>
    public async Task<PostedRequests> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        CheckContentType(request);
        CheckEncoding(request);
        ReadOnlyMemory<byte> body = await ReadBodyAsync(request, cancellationToken);
        if (body.IsEmpty)
        {
            throw new TransportError(TransportError.BadRequest, "The body is empty; it has to be a JSON object.");
        }

        JsonElement root = RequestParser.ParseJson(body.Span, "The body");
        return root.ValueKind == JsonValueKind.Array
            ? ReadBatch(root)
            : new PostedRequests([parser.Parse(root)], IsBatch: false);
    }

    private static void CheckContentType(HttpRequest request)
    {
        _ = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type);
        if (IsSentWithoutPreflight(request, type) && !Array.Exists(PreflightHeaders, name => HasValue(request, name)))
        {
            throw new TransportError(
                TransportError.PreflightRequired,
                "A browser sends such a POST for any site without asking (CSRF). Send `Content-Type: application/json`, "
                    + "or a non-empty `GraphQL-Preflight` header."
            );
        }

        if (type is null || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw new TransportError(
                TransportError.UnsupportedMediaType,
                "The body has to be sent with `Content-Type: application/json`."
            );
        }

        if (!MediaTypes.IsUtf8(type))
        {
            throw new TransportError(TransportError.UnsupportedMediaType, "The body has to be encoded in UTF-8.");
        }
    }

    // What the middleware before us could decode it has decoded, and taken the header away.
    private static void CheckEncoding(HttpRequest request)
    {
        string encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            request.HttpContext.Response.Headers.AcceptEncoding = "br, gzip, deflate";
            throw new TransportError(
                TransportError.UnsupportedMediaType,
                "The body is encoded in a way that is not read here: send it as it is, or with one of the encodings br, gzip and deflate."
            );
        }
    }

    private static bool HasValue(HttpRequest request, string name) =>
        !string.IsNullOrWhiteSpace(request.Headers[name].ToString());

    private static bool IsSentWithoutPreflight(HttpRequest request, MediaTypeHeaderValue? type) =>
        string.IsNullOrEmpty(request.ContentType)
        || (
            type is not null
            && (
                type.Type.Equals("text", StringComparison.OrdinalIgnoreCase)
                || type.Type.Equals("multipart", StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            )
        );

    private async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        int limit = settings.GraphQL.BodyLimit;
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        var body = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                int read = await request.Body.ReadAsync(body.GetMemory(4096), cancellationToken);
                if (read == 0)
                {
                    return body.WrittenMemory;
                }

                body.Advance(read);
                if (body.WrittenCount > limit)
                {
                    throw TooLarge(limit);
                }
            }
        }
        catch (InvalidDataException)
        {
            throw NotDecoded();
        }
        catch (InvalidOperationException exception) when (exception.GetType() == typeof(InvalidOperationException))
        {
            // What the decoder of br throws.
            throw NotDecoded();
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge(limit);
        }
    }

    private static TransportError NotDecoded() =>
        new(TransportError.BadRequest, "The body is not what its `Content-Encoding` says.");

    private static TransportError TooLarge(int limit) =>
        new(TransportError.BodyTooLarge, $"The body is larger than {limit} bytes (graphql.body.limit).");

    private PostedRequests ReadBatch(JsonElement root)
    {
        int limit = settings.GraphQL.Batch;
        int length = root.GetArrayLength();
        string? wrong =
            limit == 0 ? "Batches are not accepted here (graphql.batch is 0): send one JSON object."
            : length == 0 ? "The batch is empty."
            : length > limit ? $"The batch holds {length} requests; {limit} are the most (graphql.batch)."
            : null;
        return wrong is null
            ? new PostedRequests([.. root.EnumerateArray().Select(parser.Parse)], IsBatch: true)
            : throw new TransportError(TransportError.BadRequest, wrong);
    }
}
