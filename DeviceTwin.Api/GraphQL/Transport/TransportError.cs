using DeviceTwin.Api.Security;
using GraphQL;
using GraphQL.Execution;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>A request that cannot be executed because of how it was sent. Its code decides the HTTP status.</summary>
public sealed class TransportError : RequestError
{
    /// <summary>The request is not of the form that GraphQL over HTTP asks for: 400.</summary>
    public const string BadRequest = "BAD_REQUEST";

    /// <summary>The body is over <c>graphql.body.limit</c>: 413.</summary>
    public const string BodyTooLarge = "BODY_TOO_LARGE";

    /// <summary>The body is of a type that is not read here: 415.</summary>
    public const string UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";

    /// <summary>The caller accepts no answer that can be given: 406.</summary>
    public const string NotAcceptable = "NOT_ACCEPTABLE";

    /// <summary>A browser could have sent this for another site: 400.</summary>
    public const string PreflightRequired = "CSRF_PREFLIGHT_REQUIRED";

    /// <summary>The caller is not known: 401.</summary>
    public const string NotAuthenticated = "AUTH_NOT_AUTHENTICATED";

    /// <summary>Whether the caller is known cannot be found out now: 503.</summary>
    public const string AuthenticationUnavailable = "AUTH_UNAVAILABLE";

    /// <summary>The caller may not do this: 403.</summary>
    public const string Forbidden = "FORBIDDEN";

    /// <summary>The method does not carry this type of operation: 405.</summary>
    public const string MethodNotAllowed = "HTTP_METHOD_NOT_ALLOWED";

    /// <summary>The WebSocket has <c>graphql.socket.operations</c> open.</summary>
    public const string TooManyOperations = "TOO_MANY_OPERATIONS";

    /// <summary>The caller has <c>graphql.subscriptions.caller</c> open: 429.</summary>
    public const string TooManySubscriptions = "TOO_MANY_SUBSCRIPTIONS";

    /// <summary>The address has <c>graphql.sockets.address</c> open: 429.</summary>
    public const string TooManySockets = "TOO_MANY_SOCKETS";

    /// <summary>The service has <c>graphql.sockets</c> open: 503.</summary>
    public const string ServiceBusy = "SERVICE_BUSY";

    /// <summary>The schema is not for this caller (<c>graphql.introspection</c>): 403.</summary>
    public const string IntrospectionDisabled = "INTROSPECTION_DISABLED";

    /// <summary>A subscription's source ran ahead of its reader without asking its gate.</summary>
    public const string EventsOverflow = "EVENTS_OVERFLOW";

    /// <summary>The store cannot serve now, and nothing was executed: 503 with <c>Retry-After</c>.</summary>
    public const string StoreUnavailable = "STORE_UNAVAILABLE";

    /// <summary>A fault of the service: 500.</summary>
    public const string Internal = "INTERNAL_SERVER_ERROR";

    // The executor's code for the same.
    private const string InternalError = "INTERNAL_ERROR";

    /// <summary>An error for the caller.</summary>
    /// <param name="code">One of the codes here.</param>
    /// <param name="message">What is wrong and what to mend.</param>
    public TransportError(string code, string message)
        : base(message) => Code = code;

    /// <summary>The HTTP status that a code stands for.</summary>
    /// <param name="code">A code, this class's or the engine's.</param>
    /// <returns>The status; 400 for every code that has none of its own.</returns>
    public static int StatusOf(string? code) =>
        code switch
        {
            NotAuthenticated => StatusCodes.Status401Unauthorized,
            Forbidden or IntrospectionDisabled => StatusCodes.Status403Forbidden,
            MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
            NotAcceptable => StatusCodes.Status406NotAcceptable,
            BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
            UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
            CallRates.Code or TooManySockets or TooManySubscriptions => StatusCodes.Status429TooManyRequests,
            AuthenticationUnavailable or ServiceBusy or StoreUnavailable => StatusCodes.Status503ServiceUnavailable,
            Internal or InternalError => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status400BadRequest,
        };

    /// <summary>The HTTP status of a request that was not executed.</summary>
    /// <param name="errors">All its errors.</param>
    /// <returns>The status that all errors agree on, else 400.</returns>
    public static int StatusOf(IEnumerable<ExecutionError>? errors)
    {
        int[] statuses = errors?.Select(error => StatusOf(error.Code)).Distinct().Take(2).ToArray() ?? [];
        return statuses.Length == 1 ? statuses[0] : StatusCodes.Status400BadRequest;
    }
}
