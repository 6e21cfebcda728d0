using DeviceTwin.Api.GraphQL.Groups;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using GraphQL;
using GraphQL.DataLoader;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Query
{
    /// <summary>One group; null when the caller may not see it or it does not exist.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="name">The group's name.</param>
    /// <param name="loader">Reads groups.</param>
    /// <param name="context">The field.</param>
    public static IDataLoaderResult<GroupNode?> Group(
        string organizationId,
        string name,
        [FromServices] GroupLoader loader,
        IResolveFieldContext context
    ) => loader.Load(new OrganizationKey(context.Caller(), organizationId, name));

    /// <summary>The organization's groups, by name.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="store">The store.</param>
    /// <param name="context">The field.</param>
    public static async Task<IReadOnlyList<GroupNode>> GroupsAsync(
        string organizationId,
        [FromServices] TwinStore store,
        IResolveFieldContext context
    )
    {
        await using var database = await store.OpenAsync(context.CancellationToken);
        var groups = await context
            .Caller()
            .Groups(database, organizationId)
            .OrderBy(group => group.Name)
            .ToListAsync(context.CancellationToken);
        return groups.ConvertAll(group => new GroupNode(group));
    }
}
