using System.Net;
using Microsoft.Extensions.Primitives;

namespace DeviceTwin.Api.Security;

/// <summary>Recognises callers by what they present, whichever door they come through.</summary>
/// <param name="denials">Told of whom it refuses.</param>
/// <param name="reader">Knows tokens; null where nobody authenticates.</param>
internal sealed class Authenticator(DenialLog denials, ITokenReader? reader = null)
{
    private const string Scheme = "Bearer ";

    // More than any issuer makes; less than service.header.limit, so that it is answered in words.
    private const int LongestToken = 8 * 1024;

    private static readonly ConnectionIdentity Everybody = new(Caller.Anonymous.ToPrincipal(), ExpiresAt: null);

    /// <summary>Recognises a caller.</summary>
    /// <param name="authorization">The values of <c>Authorization</c>.</param>
    /// <param name="address">Where the caller is.</param>
    /// <param name="cancellationToken">Cancelled with the request.</param>
    /// <exception cref="NotAuthenticatedException">The credentials are missing or not taken.</exception>
    /// <exception cref="TokensUnavailableException">Whoever knows the token cannot be asked.</exception>
    public async ValueTask<ConnectionIdentity> AuthenticateAsync(
        StringValues authorization,
        IPAddress? address,
        CancellationToken cancellationToken
    )
    {
        if (reader is null)
        {
            return Everybody;
        }

        var (token, reason) = TokenOf(authorization);
        var reading = token is null ? TokenReading.Refused(reason!) : await reader.ReadAsync(token, cancellationToken);
        if (reading.Caller is not { } caller)
        {
            denials.Refuse(address, reading.Refusal!);
            throw new NotAuthenticatedException(reading.Refusal!, hasToken: token is not null);
        }

        return new ConnectionIdentity(caller.ToPrincipal(), reading.ExpiresAt)
        {
            Rights = caller,
            StillHolds = ending => StillHoldsAsync(token!, caller, ending),
        };
    }

    // Rights that grew end a stream, too: its client comes back and has them.
    private async ValueTask<bool> StillHoldsAsync(string token, Caller caller, CancellationToken cancellationToken)
    {
        try
        {
            return (await reader!.ReadAsync(token, cancellationToken)).Caller == caller;
        }
        catch (TokensUnavailableException)
        {
            // Nothing is known against it, and its own end still ends it.
            return true;
        }
    }

    private static (string? Token, string? Reason) TokenOf(StringValues authorization) =>
        authorization switch
        {
            [] => (null, "there is no token"),
            [{ Length: > LongestToken }] => (null, "the token is too long"),
            [{ } value] when value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) => value[Scheme.Length..]
                .Trim()
                is { Length: > 0 } token
                ? (token, null)
                : (null, "there is no token"),
            [_] => (null, "Authorization is not Bearer and a token"),
            _ => (null, "Authorization is given more than once"),
        };
}

/// <summary>A caller's credentials are missing or not taken.</summary>
/// <param name="reason">Why, fit for the caller.</param>
/// <param name="hasToken">Whether there was a token to judge.</param>
internal sealed class NotAuthenticatedException(string reason, bool hasToken) : Exception(reason)
{
    /// <summary>The challenge of RFC 6750 that tells the caller what to bring.</summary>
    public string Challenge => hasToken ? $"Bearer error=\"invalid_token\", error_description=\"{Message}\"" : "Bearer";
}
