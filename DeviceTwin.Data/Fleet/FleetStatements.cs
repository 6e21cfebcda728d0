using DeviceTwin.Data.Actions;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Fleet;

/// <summary>Reads one organization's counts; the cost does not depend on the number of its devices.</summary>
public static class FleetStatements
{
    private static readonly ActionStatus[] Open = [ActionStatus.Queued, ActionStatus.Sent];

    /// <summary>The counts of each model that has devices in sight, ordered by brand and model.</summary>
    /// <param name="context">The context.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<ModelCount>> CountModelsAsync(
        TwinDbContext context,
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context
            .FleetCounts.Where(count => count.OrganizationId == organizationId)
            .GroupBy(count => new { count.Brand, count.Model })
            .Where(model => model.Sum(count => count.Total) != 0)
            .OrderBy(model => model.Key.Brand)
            .ThenBy(model => model.Key.Model)
            .Select(model => new ModelCount(
                model.Key.Brand,
                model.Key.Model,
                model.Sum(count => count.Total),
                model.Sum(count => count.Online),
                model.Sum(count => count.Offline),
                model.Sum(count => count.NeverSeen),
                model.Sum(count => count.InSync),
                model.Sum(count => count.Drifted)
            ))
            .ToListAsync(cancellationToken);
    }

    /// <summary>The counts of every organization that has devices in sight.</summary>
    /// <param name="context">The context.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<FleetTotals>> CountFleetsAsync(TwinDbContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context
            .FleetCounts.GroupBy(count => count.OrganizationId)
            .Where(fleet => fleet.Sum(count => count.Total) != 0)
            .Select(fleet => new FleetTotals(
                fleet.Key,
                fleet.Sum(count => count.Total),
                fleet.Sum(count => count.Online),
                fleet.Sum(count => count.Offline),
                fleet.Sum(count => count.InSync),
                fleet.Sum(count => count.Drifted)
            ))
            .ToListAsync(cancellationToken);
    }

    /// <summary>How many actions of each organization are queued or wait for their answer; those without any are left out.</summary>
    /// <inheritdoc cref="CountFleetsAsync" />
    public static Task<Dictionary<string, int>> CountOpenActionsOfAllAsync(
        TwinDbContext context,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context
            .Actions.Where(action => EF.Constant(Open).Contains(action.Status))
            .GroupBy(action => action.OrganizationId)
            .Select(open => new { open.Key, Count = open.Count() })
            .ToDictionaryAsync(open => open.Key, open => open.Count, cancellationToken);
    }

    /// <summary>How many devices the changes of shared layers of desired state have yet to reach.</summary>
    /// <inheritdoc cref="CountModelsAsync" />
    public static Task<int> CountUnmarkedAsync(
        TwinDbContext context,
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context
            .DesiredLayers.Where(layer => layer.OrganizationId == organizationId && layer.MarkedUpTo != null)
            .SumAsync(layer => layer.Unmarked, cancellationToken);
    }

    /// <summary>How many actions are queued or wait for their answer.</summary>
    /// <inheritdoc cref="CountModelsAsync" />
    public static Task<int> CountOpenActionsAsync(
        TwinDbContext context,
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Actions.CountAsync(
            action => action.OrganizationId == organizationId && EF.Constant(Open).Contains(action.Status),
            cancellationToken
        );
    }
}

/// <summary>How many devices of one model an organization has.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="Model">The model.</param>
/// <param name="Total">Devices in sight.</param>
/// <param name="Online">Those that are heard.</param>
/// <param name="Offline">Those that are not heard any more.</param>
/// <param name="NeverSeen">Those that were never heard.</param>
/// <param name="InSync">Those that are in sync with what is desired of them.</param>
/// <param name="Drifted">Those that are known to differ from it.</param>
public sealed record ModelCount(
    string Brand,
    string Model,
    int Total,
    int Online,
    int Offline,
    int NeverSeen,
    int InSync,
    int Drifted
);

/// <summary>How many devices an organization has.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Total">Devices in sight.</param>
/// <param name="Online">Those that are heard.</param>
/// <param name="Offline">Those that are not heard any more.</param>
/// <param name="InSync">Those that are in sync with what is desired of them.</param>
/// <param name="Drifted">Those that are known to differ from it.</param>
public sealed record FleetTotals(string OrganizationId, int Total, int Online, int Offline, int InSync, int Drifted);
