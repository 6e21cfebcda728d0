using DeviceTwin.Api.GraphQL.Jobs;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Jobs;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Mutation
{
    /// <summary>
    /// Asks the same of many devices: as many at once as may be under way, offline ones when they are back. Too many failures stop it.
    /// </summary>
    public static async Task<JobPayload> StartJobAsync(
        StartJobInput input,
        [FromServices] JobRequests jobs,
        IResolveFieldContext context
    )
    {
        var caller = context.Caller();
        if (!caller.MaySee(input.OrganizationId))
        {
            return JobPayload.Of(JobRequests.NoDevices);
        }

        var request = new JobRequest(
            input.OrganizationId,
            input.Where.ToPredicate(),
            input.Kind,
            input.Snap,
            input.Data,
            input.Concurrency ?? 50,
            input.MaxFailurePercent ?? 20
        );
        return JobPayload.Of(await jobs.StartAsync(request, caller.Name, context.CancellationToken));
    }

    /// <summary>Takes back a job that is RUNNING: what is on its way to devices goes on and is still counted, nothing more is started.</summary>
    public static async Task<JobPayload> CancelJobAsync(
        CancelJobInput input,
        [FromServices] JobRequests jobs,
        IResolveFieldContext context
    )
    {
        var caller = context.Caller();
        return JobPayload.Of(
            caller.MaySee(input.OrganizationId)
                ? await jobs.CancelAsync(input.OrganizationId, input.JobId, caller.Name, context.CancellationToken)
                : new JobNotFound(input.JobId)
        );
    }
}
