namespace DeviceTwin.Data.Organizations;

/// <summary>An organization that has, or had, devices or groups.</summary>
public sealed class Organization
{
    /// <summary>The organization's id, as devices name it.</summary>
    public required string Id { get; set; }

    /// <summary>When it was first heard of.</summary>
    public DateTime CreatedAt { get; set; }
}
