using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Gives up actions whose time is over.</summary>
/// <param name="store">The store.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears of failures.</param>
public sealed class ActionExpiry(TwinStore store, TimeProvider clock, ILogger<ActionExpiry> logger)
    : RepeatedWork(TimeSpan.FromSeconds(1), clock, logger)
{
    private const int Batch = 1_000;
    private readonly TimeProvider clock = clock;

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            if (!await ActionStatements.Open(context).AnyAsync(action => action.ExpiresAt <= now, cancellationToken))
            {
                return false;
            }
        }

        return await store.WriteAsync(
            async (context, token) =>
            {
                var expired = await ActionStatements.LockExpiredAsync(context, now, Batch, token);
                foreach (var action in expired)
                {
                    var reason =
                        action.Status == ActionStatus.Sent ? "The device did not answer in time." : ActionRows.NotHeard;
                    action.End(ActionStatus.TimedOut, reason, now);
                    context.Add(Changes.Of(action, TwinChange.ByService, now));
                }

                return expired.Count == Batch;
            },
            cancellationToken
        );
    }
}
