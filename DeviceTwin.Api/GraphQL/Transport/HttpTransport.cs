using DeviceTwin.Api.Security;
using GraphQL;
using GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>GraphQL over HTTP: POST and GET, one request or a batch, answered at once or as an event stream.</summary>
internal sealed class HttpTransport(
    PostRequestReader posts,
    RequestParser parser,
    HttpResponder responder,
    EventStreamTransport streams,
    OpenConnections connections,
    CallRates rates,
    SchemaPages pages
)
{
    /// <summary>Answers one HTTP request.</summary>
    /// <param name="context">The request.</param>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await (
                HttpMethods.IsPost(context.Request.Method) ? PostAsync(context)
                // The server leaves out the body of an answer to HEAD.
                : HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
                    ? GetAsync(context)
                : throw UnknownMethod(context)
            );
        }
        catch (TransportError error)
        {
            await responder.WriteErrorAsync(context, error);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; there is nobody to answer.
        }
    }

    private static TransportError UnknownMethod(HttpContext context)
    {
        context.Response.Headers.Allow = "GET, HEAD, POST";
        return new(TransportError.MethodNotAllowed, "GraphQL is asked with GET or POST.");
    }

    private static AcceptedFormats Accepted(HttpContext context)
    {
        AcceptedFormats accepted = AcceptedFormats.Of(context.Request.GetTypedHeaders());
        return accepted.Preferred is null
            ? throw new TransportError(
                TransportError.NotAcceptable,
                "`Accept` has to name `application/graphql-response+json`, `application/json` or `text/event-stream`."
            )
            : accepted;
    }

    private async Task PostAsync(HttpContext context)
    {
        AcceptedFormats accepted = Accepted(context);
        PostedRequests posted = await posts.ReadAsync(context.Request, context.RequestAborted);
        if (posted.IsBatch)
        {
            await AnswerBatchAsync(context, posted.Requests, accepted);
        }
        else
        {
            const AllowedOperations Single = AllowedOperations.Query | AllowedOperations.Mutation;
            await AnswerAsync(context, posted.Requests[0], Single, accepted);
        }
    }

    private async Task GetAsync(HttpContext context)
    {
        if (await pages.TryAnswerAsync(context))
        {
            return;
        }

        AcceptedFormats accepted = Accepted(context);
        await AnswerAsync(context, parser.Parse(context.Request.Query), AllowedOperations.Query, accepted);
    }

    private async Task AnswerAsync(
        HttpContext context,
        GraphQLRequest request,
        AllowedOperations single,
        AcceptedFormats accepted
    )
    {
        AllowedOperations allowed = accepted.EventStream ? single | AllowedOperations.Subscription : single;
        EventGate gate = accepted.EventStream ? new EventGate() : EventGate.AlwaysOpen;
        using SubscriptionPlace place = connections.PlaceFor(CallSource.Of(context));
        var operation = new OperationRequest(request, context.User, context.RequestServices, allowed)
        {
            Gate = gate,
            Place = place,
        };
        IRequestExecutor executor = context.RequestServices.GetRequiredService<IRequestExecutor>();
        ExecutionResult result = await executor.ExecuteAsync(operation, context.RequestAborted);
        if (IsRefused(result))
        {
            ResponseFormat format = accepted.Single ?? ResponseFormat.Json;
            await responder.WriteAsync(context, ExplainSubscription(context, result), format);
        }
        else if (IsNotNow(result))
        {
            // Before a stream is begun, its caller and the proxies between can still be told when to come again.
            await responder.WriteAsync(context, result, accepted.Single ?? ResponseFormat.Json);
        }
        else if (result.IsSubscription() || accepted.Preferred == ResponseFormat.EventStream)
        {
            await streams.AnswerAsync(context, result, gate);
        }
        else
        {
            await responder.WriteAsync(context, result, accepted.Single!.Value);
        }
    }

    private async Task AnswerBatchAsync(
        HttpContext context,
        IReadOnlyList<GraphQLRequest> requests,
        AcceptedFormats accepted
    )
    {
        ResponseFormat format =
            accepted.Single
            ?? throw new TransportError(
                TransportError.NotAcceptable,
                "A batch is answered as JSON, not as an event stream."
            );
        var results = new List<ExecutionResult>(requests.Count);
        var source = CallSource.Of(context);
        foreach (GraphQLRequest request in requests)
        {
            // The first is the request itself, which the door has counted.
            if (results.Count > 0 && rates.Refuse(source) is { } wait)
            {
                results.Add(new ExecutionResult(new TransportError(CallRates.Code, CallRates.Explain(wait))));
                continue;
            }

            await using AsyncServiceScope scope = context.RequestServices.CreateAsyncScope();
            var operation = new OperationRequest(
                request,
                context.User,
                scope.ServiceProvider,
                AllowedOperations.Query | AllowedOperations.Mutation
            );
            IRequestExecutor executor = scope.ServiceProvider.GetRequiredService<IRequestExecutor>();
            ExecutionResult result = await executor.ExecuteAsync(operation, context.RequestAborted);
            results.Add(IsRefused(result) ? ExplainSubscription(context, result) : result);
        }

        await responder.WriteBatchAsync(context, [.. results], format);
    }

    private static bool IsRefused(ExecutionResult result) =>
        !result.Executed && TransportError.StatusOf(result.Errors) == StatusCodes.Status405MethodNotAllowed;

    private static bool IsNotNow(ExecutionResult result) =>
        result.HasFailed() && TransportError.StatusOf(result.Errors) == StatusCodes.Status503ServiceUnavailable;

    // What a POST without event stream may not carry is a subscription, and its caller has to change the Accept header.
    private static ExecutionResult ExplainSubscription(HttpContext context, ExecutionResult refused) =>
        refused.IsSubscription() || HttpMethods.IsPost(context.Request.Method)
            ? new ExecutionResult(
                new TransportError(
                    TransportError.NotAcceptable,
                    "A subscription is answered as a stream: send `Accept: text/event-stream`, or use a WebSocket with the "
                        + "sub-protocol `graphql-transport-ws`."
                )
            )
            : refused;
}
