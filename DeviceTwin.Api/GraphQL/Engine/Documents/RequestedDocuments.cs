using System.Security.Cryptography;
using System.Text;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Engine.Documents;

/// <summary>What a request wants run.</summary>
/// <param name="Text">The document; null where there is none.</param>
/// <param name="NewHash">The hash that it is to be kept by, once it is found to be within the limits; null not to keep it.</param>
public readonly record struct RequestedDocument(string? Text, string? NewHash = null);

/// <summary>
/// Finds the document of a request: sent as text, asked for by the id of a trusted one, or by its hash as in Apollo's
/// automatic persisted queries.
/// </summary>
/// <param name="trusted">Those that the operator gave.</param>
/// <param name="persisted">Those that clients sent.</param>
/// <param name="settings">What is accepted.</param>
public sealed class RequestedDocuments(TrustedDocuments trusted, PersistedDocuments persisted, Settings settings)
{
    private const string HashPrefix = "sha256:";

    /// <summary>Finds it.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="RefusedRequestError">It is not known, not trusted, or not what its hash says.</exception>
    public RequestedDocument Find(GraphQLRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var hash = HashOf(request);
        var id = request.DocumentId ?? hash;
        if (id is not null && FindTrusted(id) is { } text && (request.Query is null || request.Query == text))
        {
            return new(text);
        }

        if (settings.GraphQL.Documents == AcceptedDocuments.Trusted)
        {
            throw new RefusedRequestError(
                ErrorCodes.DocumentNotTrusted,
                "Only trusted documents are run here: send the `documentId` of one that is in graphql.documents.path."
            );
        }

        if (hash is not null && request.DocumentId is null)
        {
            return FindPersisted(hash, request.Query);
        }

        return request.Query is not null
            ? new(request.Query)
            : throw new RefusedRequestError(
                ErrorCodes.PersistedQueryNotFound,
                "No document of this `documentId` is known: send `query`."
            );
    }

    /// <summary>Keeps a document that came with its hash. Called when it was found to be within the limits.</summary>
    /// <param name="document">The document.</param>
    public void Keep(RequestedDocument document)
    {
        if (document is { Text: { } text, NewHash: { } hash })
        {
            persisted.Keep(hash, text);
        }
    }

    private string? FindTrusted(string id) =>
        trusted.Find(id)
        ?? (id.StartsWith(HashPrefix, StringComparison.Ordinal) ? trusted.Find(id[HashPrefix.Length..]) : null);

    // The messages of the first two are part of the protocol: clients compare them.
    private RequestedDocument FindPersisted(string hash, string? query)
    {
        if (!persisted.IsOn)
        {
            return query is not null
                ? new(query)
                : throw new RefusedRequestError(ErrorCodes.PersistedQueryNotSupported, "PersistedQueryNotSupported");
        }

        if (query is null)
        {
            return persisted.Find(hash) is { } known
                ? new(known)
                : throw new RefusedRequestError(ErrorCodes.PersistedQueryNotFound, "PersistedQueryNotFound");
        }

        var own = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(query)));
        return own.Equals(hash, StringComparison.OrdinalIgnoreCase)
            ? new(query, hash)
            : throw new RefusedRequestError(
                ErrorCodes.PersistedQueryHashMismatch,
                "`extensions.persistedQuery.sha256Hash` is not the SHA-256 of `query`."
            );
    }

    private static string? HashOf(GraphQLRequest request)
    {
        if (request.Extensions?.GetValueOrDefault("persistedQuery") is not { } extension)
        {
            return null;
        }

        if (
            extension is not IDictionary<string, object?> fields
            || (fields.TryGetValue("version", out var version) && version is not 1)
            || !fields.TryGetValue("sha256Hash", out var hash)
            || hash is not string text
        )
        {
            throw new RefusedRequestError(
                ErrorCodes.PersistedQueryNotSupported,
                "`extensions.persistedQuery` has to be {\"version\": 1, \"sha256Hash\": \"…\"}."
            );
        }

        return text;
    }
}
