using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Security;

namespace DeviceTwin.Api.GraphQL.Engine.Sharing;

/// <summary>All that the answer to a subscription's event depends on, besides the event: equal operations get equal answers.</summary>
/// <param name="Document">The document's text.</param>
/// <param name="Name">Which of its operations; null where it has but one.</param>
/// <param name="Variables">The variables as JSON.</param>
/// <param name="Role">What the caller may do.</param>
/// <param name="Organizations">What the caller may see.</param>
public sealed record SharedOperation(
    string Document,
    string? Name,
    string Variables,
    Role Role,
    OrganizationScope Organizations
)
{
    /// <summary>Where the executor puts a subscription's operation into the user context.</summary>
    public const string UserContextKey = "deviceTwin.sharedOperation";
}
