using System.Text;
using System.Text.Json;
using GraphQL;
using GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Makes a request of what came in; the same for a body, a URL and a WebSocket message.</summary>
internal sealed class RequestParser(IGraphQLSerializer serializer)
{
    /// <summary>Reads text as JSON.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="what">What the text is, for the error.</param>
    /// <exception cref="TransportError">It is not JSON.</exception>
    public static JsonElement ParseJson(ReadOnlySpan<byte> utf8, string what)
    {
        try
        {
            var element = StrictJson.Parse(utf8);
            return StrictJson.Check(element) is { } fault
                ? throw Bad($"{what} is not valid JSON: {fault.Message}")
                : element;
        }
        catch (JsonException exception)
        {
            throw Bad($"{what} is not valid JSON: {exception.Message}");
        }
    }

    /// <summary>Reads a request from a JSON object.</summary>
    /// <param name="element">The body, an entry of a batch, or the payload of <c>subscribe</c>; it has passed <see cref="StrictJson.Check"/>.</param>
    /// <exception cref="TransportError">It is not a well-formed request.</exception>
    public GraphQLRequest Parse(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Bad(
                "A GraphQL request is a JSON object with `query`, `operationName`, `variables` and `extensions`."
            );
        }

        return Create(
            Text(element, "query"),
            Text(element, "documentId") ?? Text(element, "id"),
            Text(element, "operationName"),
            Map(element, "variables"),
            Map(element, "extensions")
        );
    }

    /// <summary>Reads a request from a URL's parameters.</summary>
    /// <param name="query">The parameters; <c>variables</c> and <c>extensions</c> are JSON text.</param>
    /// <exception cref="TransportError">They are not a well-formed request.</exception>
    public GraphQLRequest Parse(IQueryCollection query) =>
        Create(
            Parameter(query, "query"),
            Parameter(query, "documentId") ?? Parameter(query, "id"),
            Parameter(query, "operationName"),
            MapParameter(query, "variables"),
            MapParameter(query, "extensions")
        );

    private static GraphQLRequest Create(
        string? query,
        string? documentId,
        string? operationName,
        Inputs? variables,
        Inputs? extensions
    ) =>
        new()
        {
            Query =
                !string.IsNullOrWhiteSpace(query) ? query
                : IsNamed(documentId, extensions) ? null
                : throw Bad(
                    "`query`, the document to run, is missing, and so are `documentId` and `extensions.persistedQuery`."
                ),
            DocumentId = string.IsNullOrEmpty(documentId) ? null : documentId,
            OperationName = string.IsNullOrEmpty(operationName) ? null : operationName,
            Variables = variables,
            Extensions = extensions,
        };

    private static bool IsNamed(string? documentId, Inputs? extensions) =>
        !string.IsNullOrEmpty(documentId) || extensions?.ContainsKey("persistedQuery") == true;

    private static string? Text(JsonElement request, string name) =>
        !request.TryGetProperty(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Bad($"`{name}` has to be a string.");

    private static string? Parameter(IQueryCollection query, string name)
    {
        Microsoft.Extensions.Primitives.StringValues values = query[name];
        return values.Count <= 1 ? values : throw Bad($"The parameter `{name}` is given more than once.");
    }

    private static TransportError Bad(string message) => new(TransportError.BadRequest, message);

    private Inputs? MapParameter(IQueryCollection query, string name)
    {
        string? text = Parameter(query, name);
        return string.IsNullOrEmpty(text)
            ? null
            : Map(ParseJson(Encoding.UTF8.GetBytes(text), $"The parameter `{name}`"), name, wrapped: false);
    }

    private Inputs? Map(JsonElement element, string name, bool wrapped = true)
    {
        JsonElement value = element;
        if (wrapped && !element.TryGetProperty(name, out value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Object => serializer.ReadNode<Inputs>(value),
            _ => throw Bad($"`{name}` has to be an object."),
        };
    }
}
