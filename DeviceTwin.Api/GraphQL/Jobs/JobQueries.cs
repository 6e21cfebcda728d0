using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.GraphQL.Jobs;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using DeviceTwin.Data.Jobs;
using GraphQL;
using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Query
{
    private static readonly KeysetOrder<Job> NewestJobFirst = new(SortKey.Of<Job, long>("id", job => job.Id).Reversed);

    /// <summary>One job; null when the caller may not see it or it does not exist.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="loader">Reads jobs.</param>
    /// <param name="context">The field.</param>
    public static IDataLoaderResult<JobNode?> Job(
        string organizationId,
        string jobId,
        [FromServices] JobLoader loader,
        IResolveFieldContext context
    ) => loader.Load(new OrganizationKey(context.Caller(), organizationId, jobId));

    /// <summary>The organization's jobs, newest first.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="first">How many of the first.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="store">The store.</param>
    /// <param name="settings">The largest page.</param>
    /// <param name="context">The field.</param>
    public static async Task<JobsConnection> JobsAsync(
        string organizationId,
        int? first,
        string? after,
        [FromServices] TwinStore store,
        [FromServices] Settings settings,
        IResolveFieldContext context
    )
    {
        var caller = context.Caller();
        var request = PageRequest.Read(first, after, last: null, before: null, settings.GraphQL);
        var query = new KeysetQuery<TwinDbContext, Job>(
            store.OpenAsync,
            database => caller.Jobs(database, organizationId),
            NewestJobFirst
        );
        var page = await query.ReadAsync(request, context.CancellationToken);
        return new JobsConnection(page.Select(job => new JobNode(job)));
    }
}
