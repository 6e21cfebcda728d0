using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL.Jobs;
using DeviceTwin.Api.GraphQL.Live;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Data.Jobs;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Subscription
{
    /// <summary>
    /// A job as it moves: at once, and then at most twice a second while it changes. The last event is the job as it finished; then
    /// the stream completes. Without jobId all jobs of the organization, those that run at once; that stream does not complete.
    /// </summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="jobId">The job; all where it is left out.</param>
    /// <param name="jobs">Tells them.</param>
    /// <param name="context">The field.</param>
    public static IAsyncEnumerable<JobNode> JobChanged(
        string organizationId,
        string? jobId,
        [FromServices] JobFeed jobs,
        IResolveFieldContext context
    )
    {
        var moves = context.Caller().MaySee(organizationId)
            ? jobs.ReadAsync(new JobSelection(organizationId, jobId), CancellationToken.None)
            : Silence.Of<Job>();
        return EventGate.Of(context).Through(moves.Select(job => new JobNode(job)));
    }
}
