using System.Net.Http.Json;
using System.Text.Json;
using DeviceTwin.Api.Events;
using DeviceTwin.Data.Changes;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.Infrastructure;

/// <content>What people ask.</content>
public sealed partial class TwinHost
{
    // A value nests as deep as JSON parsers read by default, and stands within a result.
    internal static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private readonly HttpClient client = new();

    /// <summary>Asks over HTTP POST.</summary>
    /// <param name="query">The document.</param>
    /// <param name="variables">Its variables: an anonymous object, or null.</param>
    /// <returns>The whole answer, <c>data</c> and <c>errors</c>, whatever the status code.</returns>
    public async Task<JsonElement> SendAsync(string query, object? variables = null)
    {
        using var answer = await client.PostAsJsonAsync(new Uri(Address, "graphql"), new { query, variables });
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(), Deep);
    }

    /// <summary>As <see cref="SendAsync"/>, for what must succeed.</summary>
    /// <param name="query">The document.</param>
    /// <param name="variables">Its variables: an anonymous object, or null.</param>
    /// <returns>The <c>data</c>. The test fails where there are errors.</returns>
    public async Task<JsonElement> QueryAsync(string query, object? variables = null)
    {
        var answer = await SendAsync(query, variables);
        Assert.False(answer.TryGetProperty("errors", out _), answer.GetRawText());
        return answer.GetProperty("data");
    }

    /// <summary>
    /// Waits until the change log shows all that is committed. On PostgreSQL an older transaction that is still open, be it
    /// another test's in another database, holds back what is newer.
    /// </summary>
    public Task ChangesShowAsync() =>
        Eventually.BecomesTrueAsync(
            async () =>
            {
                await using var context = await OpenStoreAsync();
                var newest = await ChangeStatements.NewestAsync(context, CancellationToken.None);
                var next = await ChangeStatements.NextAsync(context, newest, most: 1, CancellationToken.None);
                return !next.IsHeldBack;
            },
            "the change log shows what is committed"
        );

    private int Listeners =>
        Services.GetRequiredService<ChangeFeed>().Listeners
        + Services.GetRequiredService<HeartbeatFeed>().Listeners
        + Services.GetRequiredService<FleetSummaries>().Listeners
        + Services.GetRequiredService<JobFeed>().Listeners;

    /// <summary>Follows a subscription over <c>graphql-transport-ws</c>; what happens once this has returned arrives.</summary>
    /// <param name="query">The document.</param>
    /// <param name="variables">Its variables: an anonymous object, or null.</param>
    /// <returns>The events. It ends with the host at the latest.</returns>
    public async Task<TwinHostSubscription> SubscribeAsync(string query, object? variables = null)
    {
        var before = Listeners;
        var subscription = await TwinHostSubscription.OpenAsync(new Uri(Address, "graphql"), query, variables);
        belongings.Add(subscription);
        await Eventually.BecomesTrueAsync(
            () => Listeners > before || subscription.HasEnded,
            "the service listens for the subscriber"
        );
        return subscription;
    }

    /// <summary>Gets a page of the service.</summary>
    /// <param name="path">Its path, e.g. <c>healthz/ready</c>.</param>
    public Task<HttpResponseMessage> GetAsync(string path) => client.GetAsync(new Uri(Address, path));
}
