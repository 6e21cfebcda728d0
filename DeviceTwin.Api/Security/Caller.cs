using System.Security.Claims;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Security;

/// <summary>
/// Who is calling, and what they may see and do: the one place that decides it, for every door. Callers are equal when they have
/// the same name and the same rights.
/// </summary>
/// <param name="Name">What the change log and the audit call them.</param>
/// <param name="Role">What they may do in the organizations that they see.</param>
/// <param name="Organizations">What they may see.</param>
public sealed record Caller(string Name, Role Role, OrganizationScope Organizations)
{
    /// <summary>The caller where nobody authenticates: may do everything.</summary>
    public static Caller Anonymous { get; } = new(CallerNames.Anonymous, Role.Admin, OrganizationScope.All);

    /// <summary>A caller that no door has recognised: sees nothing.</summary>
    public static Caller Nobody { get; } = new(CallerNames.Nobody, Role.Viewer, OrganizationScope.None);

    /// <summary>The caller that a principal stands for; <see cref="Nobody"/> where no door has recognised one.</summary>
    /// <param name="principal">The principal.</param>
    public static Caller Of(ClaimsPrincipal? principal) => (principal?.Identity as CallerIdentity)?.Caller ?? Nobody;

    /// <summary>Whether the caller may see this organization. One that they may not see looks like one that does not exist.</summary>
    /// <param name="organizationId">The organization.</param>
    public bool MaySee(string organizationId) => Organizations.Contains(organizationId);

    /// <summary>Whether the caller may do what needs a role.</summary>
    /// <param name="needed">The role.</param>
    public bool May(Role needed) => Role >= needed;

    /// <summary>A principal that stands for the caller.</summary>
    public ClaimsPrincipal ToPrincipal() => new(new CallerIdentity(this));

    // Of those whom nobody has recognised by a token it says so: a name that all of them share is none to count by.
    private sealed class CallerIdentity(Caller caller)
        : ClaimsIdentity(caller == Anonymous || caller == Nobody ? null : "Bearer")
    {
        public Caller Caller => caller;

        public override string Name => caller.Name;
    }
}
