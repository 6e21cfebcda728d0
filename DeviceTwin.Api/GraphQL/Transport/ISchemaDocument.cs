using System.Security.Claims;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>The schema as text, for those who ask for it.</summary>
public interface ISchemaDocument
{
    /// <summary>The schema in GraphQL's schema definition language.</summary>
    string Sdl { get; }

    /// <summary>Whether somebody may have it.</summary>
    /// <param name="user">Who asks.</param>
    bool IsFor(ClaimsPrincipal user);
}
