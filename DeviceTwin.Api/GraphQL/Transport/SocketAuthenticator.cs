using System.Text.Json;
using DeviceTwin.Api.Security;
using Microsoft.Extensions.Primitives;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>
/// Recognises who opened a WebSocket: by the token in <c>connection_init</c>, as browsers can't send a header, else by the header.
/// </summary>
/// <param name="authenticator">Recognises callers.</param>
internal sealed class SocketAuthenticator(Authenticator authenticator) : IConnectionAuthenticator
{
    /// <inheritdoc />
    public async ValueTask<ConnectionIdentity?> AuthenticateAsync(
        HttpContext context,
        JsonElement? initPayload,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await authenticator.AuthenticateAsync(
                TokenIn(initPayload) ?? context.Request.Headers.Authorization,
                context.Connection.RemoteIpAddress,
                cancellationToken
            );
        }
        catch (NotAuthenticatedException)
        {
            return null;
        }
        catch (TokensUnavailableException)
        {
            throw new SocketProtocolException(SocketClosure.IdentityUnavailable);
        }
    }

    private static StringValues? TokenIn(JsonElement? payload)
    {
        string?[] found =
        [
            .. from property in payload?.EnumerateObject() ?? default
            where property.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            select property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : "",
        ];
        return found.Length == 0 ? default(StringValues?) : new StringValues(found);
    }
}
