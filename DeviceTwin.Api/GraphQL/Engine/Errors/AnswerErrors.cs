using GraphQL;

namespace DeviceTwin.Api.GraphQL.Engine.Errors;

/// <summary>Finishes the errors in an answer, and in each event of a subscription.</summary>
internal static class AnswerErrors
{
    /// <summary>The key in the answer's extensions that says how many errors were left out.</summary>
    public const string OmittedKey = "errorsOmitted";

    /// <summary>Leaves so many errors at most, each with its own code.</summary>
    public static ExecutionResult Finish(ExecutionResult result, int limit)
    {
        if (result.Errors is { } errors)
        {
            result.Errors = [.. errors.Take(limit).Select(Explain)];
            if (errors.Count > limit)
            {
                (result.Extensions ??= []).Add(OmittedKey, errors.Count - limit);
            }
        }
        if (result.Streams is { } streams)
        {
            result.Streams = streams.ToDictionary(
                stream => stream.Key,
                IObservable<ExecutionResult> (stream) => new FinishedStream(stream.Value, limit),
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

    private sealed class FinishedStream(IObservable<ExecutionResult> events, int limit) : IObservable<ExecutionResult>
    {
        public IDisposable Subscribe(IObserver<ExecutionResult> observer) =>
            events.Subscribe(new FinishingObserver(observer, limit));
    }

    private sealed class FinishingObserver(IObserver<ExecutionResult> observer, int limit) : IObserver<ExecutionResult>
    {
        public void OnNext(ExecutionResult value) => observer.OnNext(Finish(value, limit));

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted() => observer.OnCompleted();
    }
}
