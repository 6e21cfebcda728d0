using DeviceTwin.Data;
using DeviceTwin.Data.Jobs;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Jobs;

/// <summary>
/// Carries jobs on, a round of one job at a time. Each round is one transaction that holds the job, so that however many
/// processes do this work, a device is started once; and all that it goes by is in the store, so that a restart changes nothing.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears of failures.</param>
public sealed class JobRunner(TwinStore store, TimeProvider clock, ILogger<JobRunner> logger)
    : RepeatedWork(Busy, clock, logger)
{
    /// <summary>From one round of a job in which something moved to its next.</summary>
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(250);

    /// <summary>The same where nothing did: so long at most an answer, or a device that comes back, waits to be noticed.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly TimeProvider clock = clock;

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            if (!await context.Jobs.AnyAsync(job => job.FinishedAt == null && job.LookAt <= now, cancellationToken))
            {
                return false;
            }
        }

        return await store.WriteAsync(
            async (context, token) =>
            {
                if (await JobStatements.LockDueAsync(context, now, token) is not { } job)
                {
                    return false;
                }

                var hasMoved = await new JobRound(context, job, clock.GetUtcNow()).RunAsync(token);
                job.LookAt = now + (hasMoved ? Busy : Idle);
                return true;
            },
            cancellationToken
        );
    }
}
