using DeviceTwin.Api.GraphQL.Fleet;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using GraphQL;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Query
{
    /// <summary>The organizations that the caller may see, by id.</summary>
    /// <param name="store">The store.</param>
    /// <param name="context">The field.</param>
    public static async Task<IReadOnlyList<OrganizationNode>> OrganizationsAsync(
        [FromServices] TwinStore store,
        IResolveFieldContext context
    )
    {
        await using var database = await store.OpenAsync(context.CancellationToken);
        var ids = await context.Caller().OrganizationsAsync(database, context.CancellationToken);
        return [.. ids.Select(id => new OrganizationNode(id))];
    }

    /// <summary>Null when the caller may not see it or it does not exist.</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="store">The store.</param>
    /// <param name="context">The field.</param>
    public static async Task<OrganizationNode?> OrganizationAsync(
        string id,
        [FromServices] TwinStore store,
        IResolveFieldContext context
    )
    {
        await using var database = await store.OpenAsync(context.CancellationToken);
        return
            context.Caller().MaySee(id)
            && await database.Organizations.AnyAsync(row => row.Id == id, context.CancellationToken)
            ? new OrganizationNode(id)
            : null;
    }

    /// <summary>What the service itself is doing: version, broker and store state, counters since it started.</summary>
    public static ServiceStatus Service() => new();
}
