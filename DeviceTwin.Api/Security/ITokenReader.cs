namespace DeviceTwin.Api.Security;

/// <summary>Says whose a bearer token is.</summary>
internal interface ITokenReader
{
    /// <summary>Reads a token as it is now: what was taken away since the last time is gone.</summary>
    /// <param name="token">The token; it may hold anything.</param>
    /// <param name="cancellationToken">Cancelled with the request.</param>
    /// <exception cref="TokensUnavailableException">Whoever knows cannot be asked.</exception>
    ValueTask<TokenReading> ReadAsync(string token, CancellationToken cancellationToken);
}

/// <summary>Whose a token is, or why it is nobody's.</summary>
/// <param name="Caller">The caller; null where the token is not taken.</param>
/// <param name="ExpiresAt">When the token ends; null for never.</param>
/// <param name="Refusal">Why it is not taken, in words fit for the caller and the log.</param>
internal sealed record TokenReading(Caller? Caller, DateTimeOffset? ExpiresAt, string? Refusal)
{
    /// <summary>A token that is not taken.</summary>
    /// <param name="because">Why.</param>
    public static TokenReading Refused(string because) => new(null, null, because);
}

/// <summary>Whose a token is cannot be found out now.</summary>
/// <param name="message">Why.</param>
/// <param name="inner">The fault.</param>
internal sealed class TokensUnavailableException(string message, Exception? inner) : Exception(message, inner);
