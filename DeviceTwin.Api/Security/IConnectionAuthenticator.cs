using System.Security.Claims;
using System.Text.Json;

namespace DeviceTwin.Api.Security;

/// <summary>Says who opened a WebSocket.</summary>
public interface IConnectionAuthenticator
{
    /// <summary>Looks at the request and at what came with <c>connection_init</c>, at first and at each renewal.</summary>
    /// <param name="context">The request that became the socket.</param>
    /// <param name="initPayload">The payload of <c>connection_init</c>, an object; null where there was none.</param>
    /// <param name="cancellationToken">Cancelled when the socket ends.</param>
    /// <returns>Who it is; null to refuse, which closes the socket with 4401.</returns>
    ValueTask<ConnectionIdentity?> AuthenticateAsync(
        HttpContext context,
        JsonElement? initPayload,
        CancellationToken cancellationToken
    );
}

/// <summary>Who speaks on a WebSocket, and until when.</summary>
/// <param name="User">The caller of all operations that start from now on.</param>
/// <param name="ExpiresAt">When the socket closes with 4403 unless it was renewed; null for never.</param>
public sealed record ConnectionIdentity(ClaimsPrincipal User, DateTimeOffset? ExpiresAt)
{
    /// <summary>What the caller may, compared with <see cref="object.Equals(object)"/>: a renewal must not change it under open operations.</summary>
    public object? Rights { get; init; }

    /// <summary>Asks anew whether the credentials still give the same rights; null where they cannot be taken away.</summary>
    public Func<CancellationToken, ValueTask<bool>>? StillHolds { get; init; }
}

/// <summary>Marks a door that asks a WebSocket for credentials itself, when its first message is here.</summary>
public sealed class AuthenticatesOnConnection;
