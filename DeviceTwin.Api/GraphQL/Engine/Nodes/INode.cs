using GraphQL;

namespace DeviceTwin.Api.GraphQL.Engine.Nodes;

/// <summary>Something with an id that is unique in the whole service.</summary>
[Name("Node")]
public interface INode
{
    /// <summary>The id; opaque to clients.</summary>
    [Id]
    string Id { get; }
}
