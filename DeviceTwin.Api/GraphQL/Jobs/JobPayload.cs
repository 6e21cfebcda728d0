using System.ComponentModel;
using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Errors;
using DeviceTwin.Api.GraphQL.Guard;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Jobs;
using GraphQL;
using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Jobs;

/// <summary>One action for many devices.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Where">Which of its devices in sight; the job is for those that match now.</param>
/// <param name="Kind">What they are asked to do. LOGS and SNAPSHOT are for one device at a time.</param>
/// <param name="Snap">The snap, where the kind concerns one.</param>
/// <param name="Data">
/// What is sent with it, as devices get it: SWITCH the channel, SETCONF a JSON object, START, STOP and RESTART
/// {"services":[…]} or nothing for all, ACK the assertion, USER what to do with the user. The other kinds take none.
/// </param>
public sealed record StartJobInput(
    string OrganizationId,
    DeviceFilterInput Where,
    ActionKind Kind,
    string? Snap,
    string? Data
)
{
    /// <summary>How many devices may be under way at once.</summary>
    [DefaultValue(50)]
    public int? Concurrency { get; init; }

    /// <summary>Percent of the devices that may fail before the rest is not started.</summary>
    [DefaultValue(20)]
    public int? MaxFailurePercent { get; init; }
}

/// <summary>A job to take back.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="JobId">The job.</param>
public sealed record CancelJobInput(string OrganizationId, string JobId);

/// <summary>A job as stored, or why it was not started or cancelled.</summary>
/// <param name="Job">The job.</param>
/// <param name="Errors">What to fix.</param>
public sealed record JobPayload(
    JobNode? Job,
    [property: OutputType(typeof(ListGraphType<NonNullGraphType<JobErrorType>>))] IReadOnlyList<IError>? Errors
) : IMutationPayload
{
    /// <summary>Shows what came of a wish.</summary>
    /// <param name="outcome">What came of it.</param>
    internal static JobPayload Of(Outcome<Job> outcome) =>
        new(outcome.Value is { } job ? new JobNode(job) : null, outcome.Errors());
}
