using DeviceTwin.Api.Security;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Waits for the end of an identity for whom something is open: its token's time is over, or its rights were taken away.</summary>
internal static class IdentityWatch
{
    /// <summary>How often rights are asked for anew. With what their provider needs, a loss is felt within a minute.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Waits.</summary>
    /// <param name="identity">Gives the identity, which a client may have renewed in the meantime.</param>
    /// <param name="clock">Our clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How to close what is open.</returns>
    public static async Task<SocketClosure> WhenEndedAsync(
        Func<ConnectionIdentity> identity,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await Task.Delay(PauseFor(identity(), clock), clock, cancellationToken);
            var current = identity();
            if (current.ExpiresAt <= clock.GetUtcNow())
            {
                return SocketClosure.IdentityExpired;
            }

            if (current.StillHolds is { } ask && !await ask(cancellationToken))
            {
                return SocketClosure.RightsChanged;
            }
        }
    }

    private static TimeSpan PauseFor(ConnectionIdentity identity, TimeProvider clock)
    {
        if (identity is { ExpiresAt: null, StillHolds: null })
        {
            return Timeout.InfiniteTimeSpan;
        }

        TimeSpan left = identity.ExpiresAt - clock.GetUtcNow() ?? Pause;
        return left > Pause ? Pause
            : left > TimeSpan.Zero ? left
            : TimeSpan.Zero;
    }
}
