using System.Globalization;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.SetAside;

/// <summary>Loads set-aside items.</summary>
/// <param name="store">The store.</param>
public sealed class SetAsideItemLoader(TwinStore store)
    : OrganizationLoader<SetAsideItemNode>(SetAsideItemNode.TypeName)
{
    /// <inheritdoc />
    protected override async Task<Dictionary<string, SetAsideItemNode>> ReadAsync(
        Caller caller,
        string organizationId,
        string[] names,
        CancellationToken cancellationToken
    )
    {
        long[] ids =
        [
            .. names.Select(name =>
                long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0
            ),
        ];
        await using var context = await store.OpenAsync(cancellationToken);
        return await caller
            .SetAsideItems(context, organizationId.Length > 0 ? organizationId : null)
            .Where(item => ids.Contains(item.Id))
            .ToDictionaryAsync(
                item => item.Id.ToString(CultureInfo.InvariantCulture),
                item => new SetAsideItemNode(item),
                cancellationToken
            );
    }
}
