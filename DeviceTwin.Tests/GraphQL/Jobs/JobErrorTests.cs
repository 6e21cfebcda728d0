using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Jobs;

/// <summary>Wishes for jobs that cannot be taken, and jobs that are not there.</summary>
[Collection(nameof(SeededFleets))]
public sealed class JobErrorTests(SeededFleets fleets)
{
    [Theory]
    [InlineData("where: {deviceId: {eq: \"d99\"}}, kind: LIST", "where")]
    [InlineData("where: {deviceId: {eq: \"d4\"}}, kind: LIST", "where")]
    [InlineData("where: {active: {eq: false}}, kind: LIST", "where")]
    [InlineData("where: {deviceId: {eq: \"x1\"}}, kind: LIST", "where")]
    [InlineData("where: {}, kind: LIST, concurrency: 0", "concurrency")]
    [InlineData("where: {}, kind: LIST, concurrency: 1000000", "concurrency")]
    [InlineData("where: {}, kind: LIST, maxFailurePercent: 101", "maxFailurePercent")]
    [InlineData("where: {}, kind: LIST, maxFailurePercent: -1", "maxFailurePercent")]
    [InlineData("where: {}, kind: INSTALL", "snap")]
    [InlineData("where: {}, kind: SETCONF, snap: \"nats\", data: \"{\\\"port\\\":\"", "data")]
    [InlineData("where: {}, kind: START, snap: \"nats\", data: \"[[\"", "data")]
    [InlineData("where: {}, kind: SNAPSHOT, snap: \"nats\", data: \"{}\"", "kind")]
    public async Task A_job_that_cannot_be_started_names_the_field_at_fault(string input, string field)
    {
        foreach (var kind in new[] { StoreKind.Sqlite, StoreKind.Postgres })
        {
            var fleet = await fleets.OnAsync(kind);
            var payload = await RunAsync(fleet, "startJob", $$"""organizationId: "acme", {{input}}""");
            Assert.Equal($"InvalidInputError {field}", Refusal(payload));
        }
    }

    [Theory]
    [EveryStore]
    public async Task A_job_of_an_organization_that_the_caller_does_not_see_is_not_there(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var hidden = await RunAsync(fleet, "startJob", """organizationId: "", where: {}, kind: LIST""");
        Assert.Equal("InvalidInputError where", Refusal(hidden));
        var jobId = await StartAsync(fleet, "other");
        foreach (var organizationId in new[] { "", "acme" })
        {
            var cancelled = await RunAsync(
                fleet,
                "cancelJob",
                $$"""organizationId: "{{organizationId}}", jobId: "{{jobId}}" """
            );
            Assert.Equal($"JobNotFoundError {jobId}", Refusal(cancelled));
            var data = await fleet.Host.QueryAsync(
                """query($o: String!, $j: String!) { job(organizationId: $o, jobId: $j) { id } }""",
                new { o = organizationId, j = jobId }
            );
            Assert.Equal(JsonValueKind.Null, data.GetProperty("job").ValueKind);
        }

        var there = await RunAsync(fleet, "cancelJob", $$"""organizationId: "other", jobId: "{{jobId}}" """);
        Assert.Equal("CANCELLED", there.At("job", "status").GetString());
        var again = await RunAsync(fleet, "cancelJob", $$"""organizationId: "other", jobId: "{{jobId}}" """);
        Assert.Equal("InvalidInputError jobId", Refusal(again));
    }

    [Theory]
    [EveryStore]
    public async Task Jobs_are_paged_newest_first_and_found_by_their_global_ids(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        const string Organization = "paged";
        await fleet.AddAsync(SeededRows.Device("p1" + kind, Organization + kind));
        List<string> started = [];
        for (var number = 0; number < 3; number++)
        {
            started.Insert(0, await StartAsync(fleet, Organization + kind));
        }

        var first = await PageAsync(after: null);
        Assert.Equal(started.Take(2), first.GetProperty("nodes").Texts("jobId"));
        Assert.Equal(3, first.GetProperty("totalCount").GetInt32());
        Assert.True(first.At("pageInfo", "hasNextPage").GetBoolean());
        var second = await PageAsync(first.At("pageInfo", "endCursor").GetString());
        Assert.Equal(started.Skip(2), second.GetProperty("nodes").Texts("jobId"));
        Assert.False(second.At("pageInfo", "hasNextPage").GetBoolean());

        var node = await fleet.Host.QueryAsync(
            "query($id: ID!) { node(id: $id) { id ... on Job { jobId total concurrency maxFailurePercent } } }",
            new { id = first.GetProperty("nodes")[0].GetProperty("id").GetString() }
        );
        Assert.Equal(started[0], node.At("node", "jobId").GetString());
        Assert.Equal(
            (50, 20),
            (node.At("node", "concurrency").GetInt32(), node.At("node", "maxFailurePercent").GetInt32())
        );

        async Task<JsonElement> PageAsync(string? after)
        {
            var data = await fleet.Host.QueryAsync(
                """
                query($organization: String!, $after: String) {
                  jobs(organizationId: $organization, first: 2, after: $after) {
                    nodes { id jobId } totalCount pageInfo { hasNextPage endCursor }
                  }
                }
                """,
                new { organization = Organization + kind, after }
            );
            return data.GetProperty("jobs");
        }
    }

    private static async Task<string> StartAsync(SeededFleet fleet, string organizationId)
    {
        var payload = await RunAsync(
            fleet,
            "startJob",
            $$"""organizationId: "{{organizationId}}", where: {}, kind: LIST, concurrency: null"""
        );
        return payload.At("job", "jobId").GetString()!;
    }

    private static async Task<JsonElement> RunAsync(SeededFleet fleet, string mutation, string input)
    {
        var data = await fleet.Host.QueryAsync(
            $$"""
            mutation {
              {{mutation}}(input: { {{input}} }) {
                job { jobId status }
                errors { __typename ... on Error { message } ... on InvalidInputError { field } ... on JobNotFoundError { jobId } }
              }
            }
            """
        );
        return data.GetProperty(mutation);
    }

    private static string Refusal(JsonElement payload)
    {
        Assert.Equal(JsonValueKind.Null, payload.GetProperty("job").ValueKind);
        var error = Assert.Single(payload.GetProperty("errors").EnumerateArray());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        var detail = error.EnumerateObject().Single(field => field.Name is not ("__typename" or "message"));
        return $"{error.GetProperty("__typename").GetString()} {detail.Value.GetString()}";
    }
}
