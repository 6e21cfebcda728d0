using DeviceTwin.Api.Configuration;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

/// <summary>Who is asking.</summary>
/// <param name="Name">What the change log calls them.</param>
/// <param name="Role">What they may do in the organizations that they see.</param>
[Name("Caller")]
public sealed record CallerNode(string Name, Role Role);
