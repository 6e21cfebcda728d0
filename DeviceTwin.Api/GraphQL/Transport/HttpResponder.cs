using GraphQL;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Writes answers that are not streamed, with the status that the format asks for.</summary>
internal sealed partial class HttpResponder(IGraphQLSerializer serializer, ILogger<HttpResponder> logger)
{
    // A store that is away is asked for again soon; how long it stays away nobody knows.
    private const string RetryAfterSeconds = "5";

    /// <summary>Writes the answer to one request.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="result">The answer.</param>
    /// <param name="format">How.</param>
    public Task WriteAsync(HttpContext context, ExecutionResult result, ResponseFormat format)
    {
        ExecutionResult answer = result.ToSend();
        return WriteAsync(context, answer, StatusOf([answer], format), format);
    }

    /// <summary>Writes the answers to a batch.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="results">The answers, in the order of the requests.</param>
    /// <param name="format">How.</param>
    public Task WriteBatchAsync(HttpContext context, ExecutionResult[] results, ResponseFormat format)
    {
        ExecutionResult[] answers = Array.ConvertAll(results, result => result.ToSend());
        return WriteAsync(context, answers, StatusOf(answers, format), format);
    }

    /// <summary>Writes why a request could not even be handed to the executor.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="error">What is wrong.</param>
    public Task WriteErrorAsync(HttpContext context, TransportError error)
    {
        ResponseFormat format = AcceptedFormats.Of(context.Request.GetTypedHeaders()).Single ?? ResponseFormat.Json;
        return WriteAsync(context, new ExecutionResult(error), TransportError.StatusOf(error.Code), format);
    }

    private static int StatusOf(ExecutionResult[] results, ResponseFormat format)
    {
        if (Array.Exists(results, result => result.Executed))
        {
            return StatusCodes.Status200OK;
        }

        int status = TransportError.StatusOf(results.SelectMany(result => result.Errors ?? []));
        // The draft: 200 for every well-formed request, but a mutation on GET is 405 whatever the format, and so is a
        // subscription that asked for no stream 406. What is the service's own failure is for proxies and retries to see.
        return
            format == ResponseFormat.Json
            && status
                is not (
                    StatusCodes.Status405MethodNotAllowed
                    or StatusCodes.Status406NotAcceptable
                    or >= StatusCodes.Status500InternalServerError
                )
            ? StatusCodes.Status200OK
            : status;
    }

    private async Task WriteAsync<T>(HttpContext context, T answer, int status, ResponseFormat format)
    {
        using var body = new MemoryStream();
        try
        {
            await serializer.WriteAsync(body, answer, context.RequestAborted);
        }
        catch (Exception fault) when (!context.RequestAborted.IsCancellationRequested)
        {
            // A response without a body says nothing to a client.
            LogNotWritten(fault);
            status = StatusCodes.Status500InternalServerError;
            body.SetLength(0);
            var error = new TransportError(
                TransportError.Internal,
                "The result could not be written: see the service's log."
            );
            await serializer.WriteAsync(body, new ExecutionResult(error), context.RequestAborted);
        }

        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = AcceptedFormats.ContentTypeOf(format);
        response.ContentLength = body.Length;
        if (status == StatusCodes.Status503ServiceUnavailable && response.Headers.RetryAfter.Count == 0)
        {
            response.Headers.RetryAfter = RetryAfterSeconds;
        }

        if (status == StatusCodes.Status405MethodNotAllowed && response.Headers.Allow.Count == 0)
        {
            response.Headers.Allow = HttpMethods.Post;
        }

        await response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Error, "A result could not be written.")]
    private partial void LogNotWritten(Exception fault);
}
