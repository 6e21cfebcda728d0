using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Actions;

/// <summary>Loads actions.</summary>
/// <param name="store">The store.</param>
public sealed class ActionLoader(TwinStore store) : OrganizationLoader<ActionNode>(ActionNode.TypeName)
{
    /// <inheritdoc />
    protected override async Task<Dictionary<string, ActionNode>> ReadAsync(
        Caller caller,
        string organizationId,
        string[] names,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await caller
            .Actions(context, organizationId)
            .Where(action => names.Contains(action.ActionId))
            .ToDictionaryAsync(action => action.ActionId, action => new ActionNode(action), cancellationToken);
    }
}
