using DeviceTwin.Api.GraphQL.Actions;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.Security;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Jobs;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Jobs;

/// <summary>One action for many devices, rolled out at a pace and stopped when too many fail.</summary>
/// <param name="job">The stored job.</param>
[Name(TypeName)]
[Implements(typeof(INode))]
public sealed class JobNode(Job job) : INode
{
    internal const string TypeName = "Job";

    /// <summary>The id; opaque to clients.</summary>
    [Id]
    public string Id => GlobalId.Encode(TypeName, job.OrganizationId, job.JobId);

    /// <summary>The job's own id; its actions carry it.</summary>
    public string JobId => job.JobId;

    /// <summary>The organization that its devices belong to.</summary>
    public string OrganizationId => job.OrganizationId;

    /// <summary>What its devices are asked to do.</summary>
    public ActionKind Kind => job.Kind;

    /// <summary>The snap that it concerns, where it concerns one.</summary>
    public string? Snap => job.Snap;

    /// <summary>What is sent with it, as devices get it; below the role operator SETCONF has *** in its place.</summary>
    /// <param name="context">The field.</param>
    public string? Data(IResolveFieldContext context) => context.Caller().ShowData(job.Kind, job.Data);

    /// <summary>How many devices may be under way at once.</summary>
    public int Concurrency => job.Concurrency;

    /// <summary>Percent of the devices that ended that may have failed before the rest is not started.</summary>
    public int MaxFailurePercent => job.MaxFailurePercent;

    /// <summary>How far it has come. One that is ABORTED or CANCELLED may still have devices under way: see finishedAt.</summary>
    public JobStatus Status => job.Status;

    /// <summary>How many devices it is for: those that matched when it was started. Always pending, succeeded and failed together.</summary>
    public int Total => job.Total;

    /// <summary>How many devices wait for their turn or are under way; once finishedAt is set, those that were not started.</summary>
    public int Pending => job.Pending;

    /// <summary>How many devices completed their action.</summary>
    public int Succeeded => job.Succeeded;

    /// <summary>How many devices' actions are FAILED, TIMED_OUT or CANCELLED; each action's message says why.</summary>
    public int Failed => job.Failed;

    /// <summary>When it was started.</summary>
    public DateTime CreatedAt => job.CreatedAt;

    /// <summary>When it had ended and nothing of it was under way any more.</summary>
    public DateTime? FinishedAt => job.FinishedAt;

    /// <summary>Who started it.</summary>
    public string? RequestedBy => job.RequestedBy;

    /// <summary>
    /// The job's actions, newest first: one for each device that was started, and one for each that failed before its turn came (it
    /// is TIMED_OUT or CANCELLED and was never sent).
    /// </summary>
    /// <param name="where">Which of them.</param>
    /// <param name="first">How many of the first.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="reader">Reads actions.</param>
    /// <param name="context">The field.</param>
    public Task<ActionsConnection> ActionsAsync(
        ActionFilterInput? where,
        int? first,
        string? after,
        [FromServices] ActionReader reader,
        IResolveFieldContext context
    )
    {
        var caller = context.Caller();
        return reader.ReadAsync(
            database =>
                caller.ActionsOfDevices(database, job.OrganizationId).Where(action => action.JobId == job.JobId),
            where,
            reader.Page(first, after),
            context.CancellationToken
        );
    }
}

/// <summary>One page of jobs.</summary>
/// <param name="page">The page.</param>
public sealed class JobsConnection(Page<JobNode> page)
{
    /// <summary>The jobs of the page.</summary>
    public IReadOnlyList<JobNode> Nodes => page.Nodes;

    /// <summary>The jobs of the page with their cursors.</summary>
    public IReadOnlyList<JobsEdge> Edges => [.. page.Rows.Select(row => new JobsEdge(row.Cursor, row.Node))];

    /// <summary>Where the page stands.</summary>
    public PageInfo PageInfo => page.PageInfo;

    /// <summary>How many jobs all pages hold; counted only when asked for.</summary>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public Task<int> TotalCountAsync(CancellationToken cancellationToken) => page.CountAsync(cancellationToken);
}

/// <summary>A job in a page.</summary>
/// <param name="Cursor">Stands for the job's place in the list.</param>
/// <param name="Node">The job.</param>
public sealed record JobsEdge(string Cursor, JobNode Node);
