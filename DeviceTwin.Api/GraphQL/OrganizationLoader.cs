using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.Security;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

/// <summary>Names one thing of an organization, for one caller.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Name">The thing's id or name, unique in its organization.</param>
public readonly record struct OrganizationKey(Caller Caller, string OrganizationId, string Name);

/// <summary>Loads nodes by organization and name, those that the caller may see; also by their global ids, which are made of the two.</summary>
/// <typeparam name="TNode">The GraphQL type.</typeparam>
/// <param name="typeName">The GraphQL type's name.</param>
public abstract class OrganizationLoader<TNode>(string typeName) : BatchLoader<OrganizationKey, TNode>, INodeResolver
    where TNode : class, INode
{
    /// <inheritdoc />
    public string TypeName => typeName;

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<GlobalId, INode>> ResolveAsync(
        IReadOnlyList<GlobalId> ids,
        IResolveFieldContext context,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(ids);
        var caller = context.Caller();
        // All keys are in the batch before the first result is awaited, which closes it.
        var pending = ids.Where(id => id.Parts.Count == 2)
            .Select(id => (Id: id, Node: Load(new OrganizationKey(caller, id.Parts[0], id.Parts[1]))))
            .ToList();
        var found = new Dictionary<GlobalId, INode>();
        foreach (var (id, node) in pending)
        {
            if (await node.GetResultAsync(cancellationToken) is { } value)
            {
                found.Add(id, value);
            }
        }

        return found;
    }

    /// <summary>Reads what the caller may see of these, by name.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="names">The names.</param>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    protected abstract Task<Dictionary<string, TNode>> ReadAsync(
        Caller caller,
        string organizationId,
        string[] names,
        CancellationToken cancellationToken
    );

    /// <inheritdoc />
    protected sealed override async Task<IReadOnlyDictionary<OrganizationKey, TNode>> FetchAsync(
        IReadOnlyList<OrganizationKey> keys,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<OrganizationKey, TNode>();
        foreach (var wanted in keys.GroupBy(key => key with { Name = "" }))
        {
            var (caller, organizationId, _) = wanted.Key;
            string[] names = [.. wanted.Select(key => key.Name)];
            foreach (var (name, node) in await ReadAsync(caller, organizationId, names, cancellationToken))
            {
                found.Add(wanted.Key with { Name = name }, node);
            }
        }

        return found;
    }
}
