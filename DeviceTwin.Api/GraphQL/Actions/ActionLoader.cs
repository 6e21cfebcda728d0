using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Actions;

/// <summary>Loads actions.</summary>
/// <param name="store">The store.</param>
public sealed class ActionLoader(TwinStore store) : OrganizationLoader<ActionNode>(store, ActionNode.TypeName)
{
    /// <inheritdoc />
    protected override Task<Dictionary<string, ActionNode>> ReadAsync(
        TwinDbContext context,
        Caller caller,
        string organizationId,
        string[] names,
        CancellationToken cancellationToken
    ) =>
        caller
            .Actions(context, organizationId)
            .Where(action => names.Contains(action.ActionId))
            .ToDictionaryAsync(action => action.ActionId, action => new ActionNode(action), cancellationToken);
}
