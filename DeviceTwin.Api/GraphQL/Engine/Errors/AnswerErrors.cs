using GraphQL;
using GraphQL.Validation;

namespace DeviceTwin.Api.GraphQL.Engine.Errors;

/// <summary>Finishes the errors in an answer, and in each event of a subscription.</summary>
internal static class AnswerErrors
{
    /// <summary>The key in the answer's extensions that says how many errors were left out.</summary>
    public const string OmittedKey = "errorsOmitted";

    // What the engine adds to names that it does not know.
    private const string Suggestion = " Did you mean ";

    /// <summary>Leaves so many errors at most, each with its own code.</summary>
    /// <param name="result">The answer.</param>
    /// <param name="limit">How many.</param>
    /// <param name="showsSchema">Whether errors may name parts of the schema that the caller did not.</param>
    public static ExecutionResult Finish(ExecutionResult result, int limit, bool showsSchema)
    {
        if (result.Errors is { } errors)
        {
            result.Errors =
            [
                .. errors.Take(limit).Select(error => showsSchema ? Explain(error) : HideSchema(Explain(error))),
            ];
            if (errors.Count > limit)
            {
                (result.Extensions ??= []).Add(OmittedKey, errors.Count - limit);
            }
        }
        if (result.Streams is { } streams)
        {
            result.Streams = streams.ToDictionary(
                stream => stream.Key,
                IObservable<ExecutionResult> (stream) => new FinishedStream(stream.Value, limit, showsSchema),
                StringComparer.Ordinal
            );
        }
        return result;
    }

    /// <summary>Where the engine wraps what was wrong with a value, the wrapper says less than what it wraps.</summary>
    private static ExecutionError Explain(ExecutionError error)
    {
        if (error.InnerException is not CallerError cause)
        {
            return error;
        }
        var message = error.Message.Contains(cause.Message, StringComparison.Ordinal)
            ? error.Message
            : $"{error.Message} {cause.Message}";
        var explained = new RefusedRequestError(cause.Code!, message) { Path = error.Path };
        foreach (var location in error.Locations ?? [])
        {
            explained.AddLocation(location);
        }
        return explained;
    }

    private static ExecutionError HideSchema(ExecutionError error)
    {
        var end = error.Message.IndexOf(Suggestion, StringComparison.Ordinal);
        if (error is not ValidationError { Number: { } number } || end < 0)
        {
            return error;
        }
        var hidden = new ValidationError(default, number, error.Message[..end])
        {
            Code = error.Code,
            Path = error.Path,
        };
        foreach (var location in error.Locations ?? [])
        {
            hidden.AddLocation(location);
        }
        return hidden;
    }

    private sealed class FinishedStream(IObservable<ExecutionResult> events, int limit, bool showsSchema)
        : IObservable<ExecutionResult>
    {
        public IDisposable Subscribe(IObserver<ExecutionResult> observer) =>
            events.Subscribe(new FinishingObserver(observer, limit, showsSchema));
    }

    private sealed class FinishingObserver(IObserver<ExecutionResult> observer, int limit, bool showsSchema)
        : IObserver<ExecutionResult>
    {
        public void OnNext(ExecutionResult value) => observer.OnNext(Finish(value, limit, showsSchema));

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted() => observer.OnCompleted();
    }
}
