using DeviceTwin.Api.GraphQL.Actions;
using DeviceTwin.Api.Security;
using GraphQL;
using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Query
{
    /// <summary>One action; null when the caller may not see it or it does not exist.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="actionId">The id that travels to the device and back.</param>
    /// <param name="loader">Reads actions.</param>
    /// <param name="context">The field.</param>
    public static IDataLoaderResult<ActionNode?> Action(
        string organizationId,
        string actionId,
        [FromServices] ActionLoader loader,
        IResolveFieldContext context
    ) => loader.Load(new OrganizationKey(context.Caller(), organizationId, actionId));

    /// <summary>The organization's actions, newest first.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="where">Which actions.</param>
    /// <param name="first">How many of the first.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="last">How many of the last.</param>
    /// <param name="before">The cursor that <paramref name="last"/> counts back from.</param>
    /// <param name="reader">Reads actions.</param>
    /// <param name="context">The field.</param>
    public static Task<ActionsConnection> ActionsAsync(
        string organizationId,
        ActionFilterInput? where,
        int? first,
        string? after,
        int? last,
        string? before,
        [FromServices] ActionReader reader,
        IResolveFieldContext context
    )
    {
        var caller = context.Caller();
        return reader.ReadAsync(
            database => caller.Actions(database, organizationId),
            where,
            reader.Page(first, after, last, before),
            context.CancellationToken
        );
    }
}
