using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.Security;
using DeviceTwin.Data.Actions;
using GraphQL;
using GraphQL.DataLoader;

namespace DeviceTwin.Api.GraphQL.Actions;

/// <summary>An action for a device, from the wish to its effect.</summary>
/// <param name="action">The stored action.</param>
[Name(TypeName)]
[Implements(typeof(INode))]
public sealed class ActionNode(DeviceAction action) : INode
{
    internal const string TypeName = "Action";

    /// <summary>The id; opaque to clients.</summary>
    [Id]
    public string Id => GlobalId.Encode(TypeName, action.OrganizationId, action.ActionId);

    /// <summary>The id that travels to the device and back.</summary>
    public string ActionId => action.ActionId;

    /// <summary>The organization that the device belongs to.</summary>
    public string OrganizationId => action.OrganizationId;

    /// <summary>The device that it is for.</summary>
    public string DeviceId => action.DeviceId;

    /// <summary>The device's twin; null when it is deleted or not known yet.</summary>
    /// <param name="loader">Reads devices.</param>
    /// <param name="context">The field.</param>
    public IDataLoaderResult<DeviceNode?> Device([FromServices] DeviceLoader loader, IResolveFieldContext context) =>
        loader.Load(new OrganizationKey(context.Caller(), action.OrganizationId, action.DeviceId));

    /// <summary>What to do.</summary>
    public ActionKind Kind => action.Kind;

    /// <summary>The snap that it concerns, where it concerns one.</summary>
    public string? Snap => action.Snap;

    /// <summary>
    /// What was sent with it, as the device gets it. Below the role operator addresses of LOGS and SNAPSHOT end behind their host,
    /// and SETCONF has *** in its place.
    /// </summary>
    /// <param name="context">The field.</param>
    public string? Data(IResolveFieldContext context) => context.Caller().ShowData(action.Kind, action.Data);

    /// <summary>How far it has come.</summary>
    public ActionStatus Status => action.Status;

    /// <summary>The device's answer (a snapd change id, for example) or why it failed.</summary>
    /// <param name="context">The field.</param>
    public string? Message(IResolveFieldContext context) => context.Caller().ShowMessage(action.Kind, action.Message);

    /// <summary>When it was stored.</summary>
    public DateTime CreatedAt => action.CreatedAt;

    /// <summary>When its status last moved.</summary>
    public DateTime UpdatedAt => action.UpdatedAt;

    /// <summary>When the broker acknowledged it.</summary>
    public DateTime? SentAt => action.SentAt;

    /// <summary>When it is given up without an answer.</summary>
    public DateTime? ExpiresAt => action.ExpiresAt;

    /// <summary>When a later snap list from the device showed the action's effect; null until then and for kinds that have no visible effect.</summary>
    public DateTime? ConfirmedAt => action.ConfirmedAt;

    /// <summary>Who asked for it: a user, a client token, or service for the service itself.</summary>
    public string? RequestedBy => action.RequestedBy;

    /// <summary>The job that it is a part of; null where it is of none.</summary>
    public string? JobId => action.JobId;
}

/// <summary>One page of actions.</summary>
/// <param name="page">The page.</param>
/// <param name="count">Counts all of them; null where the page does.</param>
public sealed class ActionsConnection(Page<ActionNode> page, Func<IDataLoaderResult<int>>? count = null)
{
    /// <summary>The actions of the page.</summary>
    public IReadOnlyList<ActionNode> Nodes => page.Nodes;

    /// <summary>The actions of the page with their cursors.</summary>
    public IReadOnlyList<ActionsEdge> Edges => [.. page.Rows.Select(row => new ActionsEdge(row.Cursor, row.Node))];

    /// <summary>Where the page stands.</summary>
    public PageInfo PageInfo => page.PageInfo;

    /// <summary>How many actions all pages hold; counted only when asked for.</summary>
    public IDataLoaderResult<int> TotalCount() => count is null ? new PageCount(page) : count();

    private sealed class PageCount(Page<ActionNode> page) : IDataLoaderResult<int>
    {
        public Task<int> GetResultAsync(CancellationToken cancellationToken = default) =>
            page.CountAsync(cancellationToken);

        async Task<object?> IDataLoaderResult.GetResultAsync(CancellationToken cancellationToken) =>
            await GetResultAsync(cancellationToken);
    }
}

/// <summary>An action in a page.</summary>
/// <param name="Cursor">Stands for the action's place in the list.</param>
/// <param name="Node">The action.</param>
public sealed record ActionsEdge(string Cursor, ActionNode Node);
