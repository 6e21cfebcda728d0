namespace DeviceTwin.Api.Configuration;

/// <summary>What a caller may do; each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>Asks and watches.</summary>
    Viewer,

    /// <summary>Steers: actions, tags, groups, desired state, jobs.</summary>
    Operator,

    /// <summary>Decides who belongs: deletes, restores and unregisters devices, and makes their users.</summary>
    Admin,
}
