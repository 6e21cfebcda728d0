using DeviceTwin.Api.Configuration;
using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.Twins.Jobs;

/// <summary>What a job must hold before it is started.</summary>
public static class JobRules
{
    /// <summary>Checks a wish. Gives null when a job can be made of it. The fields that it names are those of <see cref="JobRequest"/>.</summary>
    /// <param name="request">The wish.</param>
    /// <param name="limits">The limits.</param>
    public static InvalidInput? Check(JobRequest request, JobSettings limits)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(limits);
        if (request.Concurrency < 1 || request.Concurrency > limits.ConcurrencyLimit)
        {
            return new InvalidInput("concurrency", $"It is between 1 and {limits.ConcurrencyLimit}.");
        }

        if (request.MaxFailurePercent is < 0 or > 100)
        {
            return new InvalidInput("maxFailurePercent", "It is between 0 and 100.");
        }

        return CheckKind(request)
            // A job has one field for whatever the kind sends.
            ?? (
                ActionRules.Check(request.Kind, request.Snap, request.Data) is { } invalid
                    ? invalid with
                    {
                        Field = invalid.Field == "snap" ? "snap" : "data",
                    }
                    : null
            );
    }

    private static InvalidInput? CheckKind(JobRequest request)
    {
        var name = request.Kind.ToProtocol();
        if (request.Kind is ActionKind.Logs or ActionKind.Snapshot)
        {
            return new InvalidInput(
                "kind",
                $"{name} puts a file to a URL, and many devices would put theirs to the same: ask each device by itself."
            );
        }

        if (request.Snap is not null && !request.Kind.NeedsSnap())
        {
            return new InvalidInput("snap", $"{name} concerns no snap: leave it out.");
        }

        return request.Data is not null && !TakesData(request.Kind)
            ? new InvalidInput("data", $"{name} takes no data: leave it out.")
            : null;
    }

    private static bool TakesData(ActionKind kind) =>
        kind
            is ActionKind.Ack
                or ActionKind.Setconf
                or ActionKind.Start
                or ActionKind.Stop
                or ActionKind.Restart
                or ActionKind.Switch
                or ActionKind.User;
}
