namespace DeviceTwin.Api.GraphQL.Engine.Errors;

/// <summary>The values of <c>extensions.code</c> that this service gives besides those of GraphQL's validation rules.</summary>
public static class ErrorCodes
{
    /// <summary>Our own fault; <c>extensions.id</c> finds it in the log.</summary>
    public const string InternalError = "INTERNAL_ERROR";

    /// <summary>The store cannot serve now: not reachable, full, or locked by others. Trying again later helps.</summary>
    public const string StoreUnavailable = "STORE_UNAVAILABLE";

    /// <summary>The caller lacks the role that the field needs.</summary>
    public const string NotAuthorized = "AUTH_NOT_AUTHORIZED";

    /// <summary>A page was asked for in a way that makes no sense.</summary>
    public const string InvalidPaging = "INVALID_PAGING";

    /// <summary>A cursor that this list, in this order, did not give.</summary>
    public const string InvalidCursor = "INVALID_CURSOR";

    /// <summary>An entry of <c>order</c> that does not name exactly one key.</summary>
    public const string InvalidOrder = "INVALID_ORDER";

    /// <summary>A value that its scalar type does not have.</summary>
    public const string InvalidValue = "INVALID_VALUE";

    /// <summary>The filters of an operation hold too many conditions or values, or too long a text.</summary>
    public const string FilterTooLarge = "FILTER_TOO_LARGE";

    /// <summary>More ids at once than are resolved in one call.</summary>
    public const string TooManyIds = "TOO_MANY_IDS";

    /// <summary>The document has more characters than allowed.</summary>
    public const string DocumentTooLong = "DOCUMENT_TOO_LONG";

    /// <summary>The document has more nodes than allowed, its fragments expanded.</summary>
    public const string TooManyNodes = "TOO_MANY_NODES";

    /// <summary>The operation nests deeper than allowed.</summary>
    public const string TooDeep = "TOO_DEEP";

    /// <summary>The operation touches more fields than allowed.</summary>
    public const string TooComplex = "TOO_COMPLEX";

    /// <summary>The caller may not ask for the schema (<c>graphql.introspection</c>).</summary>
    public const string IntrospectionDisabled = "INTROSPECTION_DISABLED";

    /// <summary>Only trusted documents are run, and this is none (<c>graphql.documents</c>).</summary>
    public const string DocumentNotTrusted = "DOCUMENT_NOT_TRUSTED";

    /// <summary>No document of this id or hash is known; send it with its text.</summary>
    public const string PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND";

    /// <summary>Automatic persisted queries are off, or of another version.</summary>
    public const string PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED";

    /// <summary>A document came with a hash that is not its own.</summary>
    public const string PersistedQueryHashMismatch = "PERSISTED_QUERY_HASH_MISMATCH";

    /// <summary>The operation took longer than allowed.</summary>
    public const string Timeout = "TIMEOUT";

    /// <summary>The transport may not carry this kind of operation.</summary>
    public const string HttpMethodNotAllowed = "HTTP_METHOD_NOT_ALLOWED";
}
