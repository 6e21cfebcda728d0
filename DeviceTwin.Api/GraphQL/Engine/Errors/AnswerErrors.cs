using GraphQL;

namespace DeviceTwin.Api.GraphQL.Engine.Errors;

/// <summary>Cuts the list of errors in an answer, and in each event of a subscription.</summary>
internal static class AnswerErrors
{
    /// <summary>The key in the answer's extensions that says how many errors were left out.</summary>
    public const string OmittedKey = "errorsOmitted";

    /// <summary>Leaves so many errors at most.</summary>
    public static ExecutionResult Cut(ExecutionResult result, int limit)
    {
        if (result.Errors is { } errors && errors.Count > limit)
        {
            var kept = new ExecutionErrors();
            kept.AddRange(errors.Take(limit));
            (result.Extensions ??= []).Add(OmittedKey, errors.Count - limit);
            result.Errors = kept;
        }
        if (result.Streams is { } streams)
        {
            result.Streams = streams.ToDictionary(
                stream => stream.Key,
                IObservable<ExecutionResult> (stream) => new CutStream(stream.Value, limit),
                StringComparer.Ordinal
            );
        }
        return result;
    }

    private sealed class CutStream(IObservable<ExecutionResult> events, int limit) : IObservable<ExecutionResult>
    {
        public IDisposable Subscribe(IObserver<ExecutionResult> observer) =>
            events.Subscribe(new CutObserver(observer, limit));
    }

    private sealed class CutObserver(IObserver<ExecutionResult> observer, int limit) : IObserver<ExecutionResult>
    {
        public void OnNext(ExecutionResult value) => observer.OnNext(Cut(value, limit));

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted() => observer.OnCompleted();
    }
}
