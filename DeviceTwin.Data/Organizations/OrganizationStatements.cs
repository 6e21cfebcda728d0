using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Organizations;

/// <summary>Statements over organizations.</summary>
public static class OrganizationStatements
{
    /// <summary>Makes sure that an organization is known; several at once do no harm.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task EnsureAsync(
        TwinDbContext context,
        string organizationId,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!await context.Organizations.AnyAsync(row => row.Id == organizationId, cancellationToken))
        {
            await context.Database.ExecuteSqlAsync(
                $"insert into organization (id, created_at) values ({organizationId}, {now}) on conflict (id) do nothing",
                cancellationToken
            );
        }
    }
}
