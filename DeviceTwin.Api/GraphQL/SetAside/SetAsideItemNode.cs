using System.Text;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.Security;
using DeviceTwin.Data.SetAside;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.SetAside;

/// <summary>An item that a worker tried as often as it may and could not handle: kept until somebody retries or drops it, or its time is over.</summary>
/// <param name="item">The stored item.</param>
[Name(TypeName)]
[Implements(typeof(INode))]
public sealed class SetAsideItemNode(SetAsideItem item) : INode
{
    internal const string TypeName = "SetAsideItem";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The id; opaque to clients.</summary>
    [Id]
    public string Id => GlobalId.Encode(TypeName, item.OrganizationId ?? "", $"{item.Id}");

    /// <summary>The worker that could not handle it, e.g. heartbeats, action-responses, twin-topics, metrics, reconciler.</summary>
    public string Worker => item.Worker;

    /// <summary>What it is to the worker: the id of an action, layer or job, or an id of its own for a message.</summary>
    public string Key => item.Key;

    /// <summary>The organization that it belongs to; null where that is not known.</summary>
    public string? OrganizationId => item.OrganizationId;

    /// <summary>The device that it concerns; null where it concerns none, or many.</summary>
    public string? DeviceId => item.DeviceId;

    /// <summary>Why the last try failed.</summary>
    public string Reason => item.Reason;

    /// <summary>How often it was tried.</summary>
    public int Tries => item.Tries;

    /// <summary>When the first try failed; for a message, when it was received.</summary>
    public DateTime FirstFailedAt => item.FirstFailedAt;

    /// <summary>When it was set aside, or last tried.</summary>
    public DateTime SetAsideAt => item.SetAsideAt;

    /// <summary>Whether somebody asked for another try, which has not ended yet.</summary>
    public bool IsRetrying => item.RetryAt is not null;

    /// <summary>Whether it is a message of a device. All others are rows of the store, which their worker leaves out while they are set aside.</summary>
    public bool IsMessage => item.Payload is not null;

    /// <summary>A message's content as text; null below the role operator, and where it is not UTF-8.</summary>
    /// <param name="context">The field.</param>
    public string? Payload(IResolveFieldContext context)
    {
        if (context.Caller().ShowPayload(item.Payload) is not { } payload)
        {
            return null;
        }

        try
        {
            return Strict.GetString(payload);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A message's content in Base64; null below the role operator.</summary>
    /// <param name="context">The field.</param>
    public string? PayloadBase64(IResolveFieldContext context) =>
        context.Caller().ShowPayload(item.Payload) is { } payload ? Convert.ToBase64String(payload) : null;
}

/// <summary>One page of set-aside items.</summary>
/// <param name="page">The page.</param>
public sealed class SetAsideItemsConnection(Page<SetAsideItemNode> page)
{
    /// <summary>The items of the page.</summary>
    public IReadOnlyList<SetAsideItemNode> Nodes => page.Nodes;

    /// <summary>The items of the page with their cursors.</summary>
    public IReadOnlyList<SetAsideItemsEdge> Edges =>
        [.. page.Rows.Select(row => new SetAsideItemsEdge(row.Cursor, row.Node))];

    /// <summary>Where the page stands.</summary>
    public PageInfo PageInfo => page.PageInfo;

    /// <summary>How many items all pages hold; counted only when asked for.</summary>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public Task<int> TotalCountAsync(CancellationToken cancellationToken) => page.CountAsync(cancellationToken);
}

/// <summary>A set-aside item in a page.</summary>
/// <param name="Cursor">Stands for the item's position in the list.</param>
/// <param name="Node">The item.</param>
public sealed record SetAsideItemsEdge(string Cursor, SetAsideItemNode Node);
