using DeviceTwin.Api.GraphQL.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using GraphQL;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Query
{
    /// <summary>
    /// One model; null when the caller may not see it, or when no device in sight is of it and nothing was ever desired of it.
    /// </summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="store">The store.</param>
    /// <param name="context">The field.</param>
    public static async Task<ModelNode?> ModelAsync(
        string organizationId,
        string name,
        [FromServices] TwinStore store,
        IResolveFieldContext context
    )
    {
        await using var database = await store.OpenAsync(context.CancellationToken);
        return
            context.Caller().MaySee(organizationId)
            && await ModelNames(database, organizationId).AnyAsync(model => model == name, context.CancellationToken)
            ? new ModelNode(organizationId, name)
            : null;
    }

    /// <summary>The organization's models, by name: those that devices in sight are of, and those that something was desired of.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="store">The store.</param>
    /// <param name="context">The field.</param>
    public static async Task<IReadOnlyList<ModelNode>> ModelsAsync(
        string organizationId,
        [FromServices] TwinStore store,
        IResolveFieldContext context
    )
    {
        await using var database = await store.OpenAsync(context.CancellationToken);
        if (!context.Caller().MaySee(organizationId))
        {
            return [];
        }

        var names = await ModelNames(database, organizationId).ToListAsync(context.CancellationToken);
        return [.. names.Order(StringComparer.Ordinal).Select(name => new ModelNode(organizationId, name))];
    }

    // The ledger knows the models of devices at the same cost for a fleet of any size. A device that has not told its model has none.
    private static IQueryable<string> ModelNames(TwinDbContext context, string organizationId) =>
        context
            .FleetCounts.Where(count => count.OrganizationId == organizationId && count.Model != "")
            .GroupBy(count => count.Model)
            .Where(model => model.Sum(count => count.Total) != 0)
            .Select(model => model.Key)
            .Union(
                context
                    .DesiredLayers.Where(layer => layer.OrganizationId == organizationId)
                    .Where(layer => layer.Kind == LayerKind.Model && layer.Version > 0)
                    .Select(layer => layer.Name)
            );
}
