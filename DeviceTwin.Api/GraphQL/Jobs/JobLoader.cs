using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Jobs;

/// <summary>Loads jobs.</summary>
/// <param name="store">The store.</param>
public sealed class JobLoader(TwinStore store) : OrganizationLoader<JobNode>(JobNode.TypeName)
{
    /// <inheritdoc />
    protected override async Task<Dictionary<string, JobNode>> ReadAsync(
        Caller caller,
        string organizationId,
        string[] names,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await caller
            .Jobs(context, organizationId)
            .Where(job => names.Contains(job.JobId))
            .ToDictionaryAsync(job => job.JobId, job => new JobNode(job), cancellationToken);
    }
}
