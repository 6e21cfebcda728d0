using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Jobs;

/// <summary>What tests of jobs ask of a running service, in organization demo.</summary>
internal static class JobHost
{
    public const string Counts = "status total pending succeeded failed finishedAt";

    /// <summary>Starts a job; gives its id.</summary>
    public static async Task<string> StartJobAsync(this TwinHost host, string input)
    {
        var data = await host.QueryAsync(
            $$"""
            mutation {
              startJob(input: {organizationId: "demo", {{input}}}) { job { jobId } errors { ... on Error { message } } }
            }
            """
        );
        Assert.True(data.At("startJob", "errors").ValueKind == JsonValueKind.Null, data.GetRawText());
        return data.At("startJob", "job", "jobId").GetString()!;
    }

    public static async Task<JsonElement> JobAsync(this TwinHost host, string jobId, string fields = Counts)
    {
        var data = await host.QueryAsync(
            $$"""query($id: String!) { job(organizationId: "demo", jobId: $id) { {{fields}} } }""",
            new { id = jobId }
        );
        return data.GetProperty("job");
    }

    /// <summary>Waits until a job has finished.</summary>
    public static async Task<JsonElement> FinishesAsync(this TwinHost host, string jobId)
    {
        var job = default(JsonElement);
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                job = await host.JobAsync(jobId);
                return job.GetProperty("finishedAt").ValueKind != JsonValueKind.Null;
            },
            "the job finishes"
        );
        return job;
    }

    public static Task<TwinHostSubscription> FollowAsync(this TwinHost host, string jobId, string fields = Counts) =>
        host.SubscribeAsync(
            $$"""subscription($id: String!) { jobChanged(organizationId: "demo", jobId: $id) { {{fields}} } }""",
            new { id = jobId }
        );

    /// <summary>Status, pending, succeeded and failed.</summary>
    public static string Text(this JsonElement job) =>
        string.Join(
            ' ',
            job.GetProperty("status").GetString(),
            job.GetProperty("pending").GetInt32(),
            job.GetProperty("succeeded").GetInt32(),
            job.GetProperty("failed").GetInt32()
        );
}
