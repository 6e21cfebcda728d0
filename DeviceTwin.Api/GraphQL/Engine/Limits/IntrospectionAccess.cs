using System.Net;
using System.Security.Claims;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.GraphQL.Engine.Limits;

/// <summary>Who may ask for the schema, be it by introspection or as text.</summary>
/// <param name="settings">Say it.</param>
public sealed class IntrospectionAccess(Settings settings)
{
    /// <summary>Whether somebody may.</summary>
    /// <param name="user">Who asks; null where nobody authenticated.</param>
    public bool Allows(ClaimsPrincipal? user) =>
        settings.GraphQL.Introspection switch
        {
            IntrospectionMode.On => true,
            IntrospectionMode.Off => false,
            _ => IPAddress.IsLoopback(settings.Service.Address) || user?.Identity?.IsAuthenticated == true,
        };
}
