using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Security;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Jobs;
using DeviceTwin.Tests.GraphQL;
using DeviceTwin.Tests.GraphQL.Engine;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Security;

/// <summary>
/// A service with organization acme, full of things, and organization other; a caller who may see everything, and one who may do
/// everything in other and in nothing else.
/// </summary>
public class IsolatedFleet : IAsyncLifetime
{
    /// <summary>The organization that the stranger must not see.</summary>
    public const string Hidden = SeededRows.Organization;

    /// <summary>An organization that does not exist.</summary>
    public const string Missing = "nowhere";

    /// <summary>The stranger's own organization.</summary>
    public const string Own = "other";

    internal static readonly string Everybody = SecureHost.SecretOf("everybody");
    internal static readonly string Stranger = SecureHost.SecretOf("stranger");

    /// <summary>A clock that stands at noon of the day that the rows are of, so that answers can be compared.</summary>
    protected virtual TimeProvider Clock { get; } = new FakeTimeProvider(new DateTimeOffset(SeededRows.Noon));

    internal TwinHost Host { get; private set; } = null!;

    internal SchemaMap Map { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await SecureHost.StartAsync(
            output: null,
            [
                SecureHost.Token("everybody", Role.Admin, OrganizationScope.Everything),
                SecureHost.Token("stranger", Role.Admin, Own),
            ],
            new TwinHostOptions
            {
                Clock = Clock,
                // The walk asks for everything at once.
                Configure = settings =>
                {
                    settings.GraphQL.Complexity = int.MaxValue;
                    settings.GraphQL.Nodes = 100_000;
                    settings.GraphQL.DocumentLimit = 1_000_000;
                    settings.GraphQL.Depth = 50;
                    settings.GraphQL.KeepAlive = TimeSpan.FromDays(1);
                    settings.GraphQL.BodyLimit = 2_000_000;
                },
            }
        );
        await using (var context = await Host.OpenStoreAsync())
        {
            SeededRows.AddTo(context);
            context.Add(
                new DesiredLayer
                {
                    OrganizationId = SeededRows.Organization,
                    Kind = LayerKind.Model,
                    Name = "gw-1",
                    Version = 1,
                }
            );
            context.Add(
                new TwinChange
                {
                    OrganizationId = Own,
                    DeviceId = "x1",
                    Kinds = ChangeKinds.Created,
                    At = SeededRows.Noon,
                    By = "ann",
                }
            );
            context.Add(
                new Job
                {
                    JobId = "j1",
                    OrganizationId = Hidden,
                    Kind = ActionKind.Install,
                    Snap = "nats",
                    Concurrency = 1,
                    Status = JobStatus.Succeeded,
                    CreatedAt = SeededRows.Noon,
                    ExpiresAt = SeededRows.Noon,
                    FinishedAt = SeededRows.Noon,
                    LookAt = SeededRows.Noon,
                    RequestedBy = "ann",
                }
            );
            await context.SaveChangesAsync();
        }

        Map = new SchemaMap((await Host.DataAsync(Everybody, IntrospectionQuery.Text)).GetProperty("__schema"));
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>What somebody gets, with the names of the two organizations that must not differ made one.</summary>
    internal async Task<string> AnswerAsync(string token, string document, object variables)
    {
        var (_, answer) = await Host.AskAsync(token, document, variables);
        return Neutral(answer);
    }

    internal static string Neutral(JsonElement answer) =>
        answer
            .GetRawText()
            .Replace(Hidden, "…", StringComparison.Ordinal)
            .Replace(Missing, "…", StringComparison.Ordinal);
}
