using DeviceTwin.Api.Events;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Fleet;

/// <summary>An organization that has devices or groups.</summary>
/// <param name="Id">The organization's id, as devices name it.</param>
[Name("Organization")]
public sealed record OrganizationNode(string Id)
{
    /// <summary>Counts over the organization's devices, cheap at any fleet size.</summary>
    /// <param name="summaries">Reads them.</param>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public Task<FleetSummary> FleetAsync(
        [FromServices] FleetSummaries summaries,
        CancellationToken cancellationToken
    ) => summaries.GetAsync(Id, cancellationToken);
}
