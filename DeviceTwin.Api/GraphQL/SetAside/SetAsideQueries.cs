using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.GraphQL.SetAside;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using DeviceTwin.Data.SetAside;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Query
{
    private static readonly KeysetOrder<SetAsideItem> NewestItemFirst = new(
        SortKey.Of<SetAsideItem, long>("id", item => item.Id).Reversed
    );

    /// <summary>The organization's items that workers could not handle, newest first.</summary>
    /// <param name="organizationId">The organization; null for items of which it is not known, which only callers see who see all organizations.</param>
    /// <param name="where">Which items.</param>
    /// <param name="first">How many of the first.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="last">How many of the last.</param>
    /// <param name="before">The cursor that <paramref name="last"/> counts back from.</param>
    /// <param name="store">The store.</param>
    /// <param name="settings">The largest page.</param>
    /// <param name="context">The field.</param>
    public static async Task<SetAsideItemsConnection> SetAsideItemsAsync(
        string? organizationId,
        SetAsideItemFilterInput? where,
        int? first,
        string? after,
        int? last,
        string? before,
        [FromServices] TwinStore store,
        [FromServices] Settings settings,
        IResolveFieldContext context
    )
    {
        var caller = context.Caller();
        var request = PageRequest.Read(first, after, last, before, settings.GraphQL);
        var predicate = where?.ToPredicate();
        var query = new KeysetQuery<TwinDbContext, SetAsideItem>(
            store.OpenAsync,
            database =>
                predicate is null
                    ? caller.SetAsideItems(database, organizationId)
                    : caller.SetAsideItems(database, organizationId).Where(predicate),
            NewestItemFirst
        );
        var page = await query.ReadAsync(request, context.CancellationToken);
        return new SetAsideItemsConnection(page.Select(item => new SetAsideItemNode(item)));
    }
}
