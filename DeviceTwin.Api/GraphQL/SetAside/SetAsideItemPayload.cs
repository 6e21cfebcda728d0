using System.Globalization;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.GraphQL.Errors;
using DeviceTwin.Api.GraphQL.Guard;
using DeviceTwin.Api.Security;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.SetAside;
using GraphQL;
using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.SetAside;

/// <summary>A set-aside item.</summary>
/// <param name="OrganizationId">The organization; null where the item's is not known.</param>
/// <param name="Id">The item's id.</param>
public sealed record SetAsideItemInput(string? OrganizationId, [property: Id] string Id);

/// <summary>A set-aside item as it was, or why nothing was done.</summary>
/// <param name="Item">The item.</param>
/// <param name="Errors">What to fix.</param>
public sealed record SetAsideItemPayload(
    SetAsideItemNode? Item,
    [property: OutputType(typeof(ListGraphType<NonNullGraphType<SetAsideItemErrorType>>))] IReadOnlyList<IError>? Errors
) : IMutationPayload
{
    internal static async Task<SetAsideItemPayload> OfAsync(
        IResolveFieldContext context,
        SetAsideItemInput input,
        Func<string?, long, CancellationToken, Task<SetAsideItem?>> change
    )
    {
        var item =
            context.Caller().MaySeeItemsOf(input.OrganizationId) && TryRead(input, out var id)
                ? await change(input.OrganizationId, id, context.CancellationToken)
                : null;
        Outcome<SetAsideItem> outcome = item is null ? new SetAsideItemNotFound(input.Id) : item;
        return new(item is null ? null : new SetAsideItemNode(item), outcome.Errors());
    }

    private static bool TryRead(SetAsideItemInput input, out long id)
    {
        id = 0;
        return GlobalId.TryDecode(input.Id, out var global)
            && global.TypeName == SetAsideItemNode.TypeName
            && global.Parts is [var organization, var name]
            && organization == (input.OrganizationId ?? "")
            && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }
}
