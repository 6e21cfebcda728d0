using System.Text.Json;
using DeviceTwin.Api.Security;
using Microsoft.AspNetCore.Http;

namespace DeviceTwin.Tests.GraphQL.Transport;

/// <summary>Takes the user that the HTTP pipeline found, for as long as the socket lasts.</summary>
internal sealed class RequestUserAuthenticator : IConnectionAuthenticator
{
    public ValueTask<ConnectionIdentity?> AuthenticateAsync(
        HttpContext context,
        JsonElement? initPayload,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult<ConnectionIdentity?>(new ConnectionIdentity(context.User, ExpiresAt: null));
}
