using System.Security.Claims;

namespace DeviceTwin.Api.Security;

/// <summary>
/// Who is calling, and what they may see: the one place that decides it, for every door. While authentication is disabled
/// (loopback only) every caller is the same and may see every organization.
/// </summary>
/// <param name="Name">What the change log calls them.</param>
public sealed record Caller(string Name)
{
    /// <summary>The caller where nobody authenticates.</summary>
    public static Caller Anonymous { get; } = new("anonymous");

    /// <summary>The caller that a principal stands for.</summary>
    /// <param name="principal">The principal; null where nobody authenticated.</param>
    public static Caller Of(ClaimsPrincipal? principal) =>
        principal?.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? new Caller(name) : Anonymous;

    /// <summary>Whether the caller may see this organization. One that they may not see looks like one that does not exist.</summary>
    /// <param name="organizationId">The organization.</param>
    public bool MaySee(string organizationId) => organizationId.Length > 0;
}
