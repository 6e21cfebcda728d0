using DeviceTwin.Api.Security;
using Microsoft.AspNetCore.Authorization;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>
/// Recognises the caller of every request, whether a page stands at its path or not. Only pages that say so are open to all
/// (health), and WebSockets that carry their token in their first message.
/// </summary>
/// <param name="next">What comes behind.</param>
/// <param name="authenticator">Recognises callers.</param>
/// <param name="responder">Writes refusals.</param>
internal sealed class CallerMiddleware(RequestDelegate next, Authenticator authenticator, HttpResponder responder)
{
    private const string RetryAfterSeconds = "5";

    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    public async Task InvokeAsync(HttpContext context)
    {
        var door = context.GetEndpoint()?.Metadata;
        var authenticatesLater =
            context.WebSockets.IsWebSocketRequest
            && context.Request.Headers.Authorization.Count == 0
            && door?.GetMetadata<AuthenticatesOnConnection>() is not null;
        if (door?.GetMetadata<IAllowAnonymous>() is not null || authenticatesLater || await RecogniseAsync(context))
        {
            await next(context);
        }
    }

    private async Task<bool> RecogniseAsync(HttpContext context)
    {
        try
        {
            var identity = await authenticator.AuthenticateAsync(
                context.Request.Headers.Authorization,
                context.Connection.RemoteIpAddress,
                context.RequestAborted
            );
            context.User = identity.User;
            context.Features.Set(identity);
            return true;
        }
        catch (NotAuthenticatedException refused)
        {
            context.Response.Headers.WWWAuthenticate = refused.Challenge;
            var error = new TransportError(
                TransportError.NotAuthenticated,
                $"Send `Authorization: Bearer …`: {refused.Message}."
            );
            await responder.WriteErrorAsync(context, error);
        }
        catch (TokensUnavailableException fault)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await responder.WriteErrorAsync(
                context,
                new TransportError(TransportError.AuthenticationUnavailable, fault.Message)
            );
        }

        return false;
    }
}
