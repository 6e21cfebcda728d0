using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Jobs;

/// <summary>Loads jobs.</summary>
/// <param name="store">The store.</param>
public sealed class JobLoader(TwinStore store) : OrganizationLoader<JobNode>(store, JobNode.TypeName)
{
    /// <inheritdoc />
    protected override Task<Dictionary<string, JobNode>> ReadAsync(
        TwinDbContext context,
        Caller caller,
        string organizationId,
        string[] names,
        CancellationToken cancellationToken
    ) =>
        caller
            .Jobs(context, organizationId)
            .Where(job => names.Contains(job.JobId))
            .ToDictionaryAsync(job => job.JobId, job => new JobNode(job), cancellationToken);
}
