using System.Security.Cryptography;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Security;

/// <summary>The tokens of the configuration.</summary>
/// <param name="settings">Those of the start.</param>
internal sealed class ClientTokens(AuthenticationSettings settings) : ITokenReader
{
    private volatile Entry[] entries = Entries(settings.Tokens);

    /// <inheritdoc />
    public ValueTask<TokenReading> ReadAsync(string token, CancellationToken cancellationToken)
    {
        var hash = TokenHash.Of(token);
        Caller? found = null;
        // All of them, each in constant time: how long it takes tells nothing of what is stored.
        foreach (var entry in entries)
        {
            if (CryptographicOperations.FixedTimeEquals(entry.Hash, hash))
            {
                found = entry.Caller;
            }
        }

        return ValueTask.FromResult(
            found is null ? TokenReading.Refused("the token is not known") : new TokenReading(found, null, null)
        );
    }

    /// <summary>Takes these tokens from now on, and no others.</summary>
    /// <param name="tokens">The tokens.</param>
    public void Replace(IReadOnlyList<ClientToken> tokens) => entries = Entries(tokens);

    private static Entry[] Entries(IReadOnlyList<ClientToken> tokens) =>
        [
            .. tokens.Select(token => new Entry(
                TokenHash.Parse(token.Hash),
                new Caller(token.Name, token.Role, OrganizationScope.Of(token.Organizations))
            )),
        ];

    private sealed record Entry(byte[] Hash, Caller Caller);
}

/// <summary>
/// Reads the configuration again and again, so that a token that was given or taken away there is felt without a restart. A file that
/// cannot be read changes nothing, and is logged.
/// </summary>
/// <param name="tokens">Takes what was read.</param>
/// <param name="loaded">Where to read.</param>
/// <param name="progress">Notes that rounds begin and end.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
internal sealed class ClientTokenReload(
    ClientTokens tokens,
    LoadedSettings loaded,
    WorkerProgress progress,
    TimeProvider clock,
    ILogger<ClientTokenReload> logger
) : RepeatedWork("client-tokens", Pause, progress, StoreFault.Outage, clock, logger)
{
    // Streams ask again every 30 seconds (IdentityWatch): together well under the minute that is promised.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    /// <inheritdoc />
    public override Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        if (loaded.ReadAgain is { } read)
        {
            tokens.Replace(read().Authentication.Tokens);
        }

        return Task.FromResult(false);
    }
}
