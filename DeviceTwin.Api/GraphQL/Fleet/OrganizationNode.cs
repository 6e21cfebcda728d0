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

    /// <summary>
    /// The counts in the last hour, one a minute, the oldest first. The process that is asked keeps them in memory: after a start it has few.
    /// </summary>
    /// <param name="history">Keeps them.</param>
    public IReadOnlyList<FleetSample> FleetHistory([FromServices] FleetHistory history) => history.Of(Id);
}
