namespace DeviceTwin.Data.Desired;

/// <summary>What one model, group or device asks for. There is a row for each layer that was ever set.</summary>
public sealed class DesiredLayer
{
    /// <summary>The row's own id.</summary>
    public long Id { get; set; }

    /// <summary>The organization that the layer belongs to.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>Whose layer it is.</summary>
    public LayerKind Kind { get; set; }

    /// <summary>The device's id, or the group's or model's name.</summary>
    public required string Name { get; set; }

    /// <summary>A JSON object, merged by RFC 7396 over the weaker layers; null takes a weaker layer's key away.</summary>
    public string Properties { get; set; } = "{}";

    /// <summary>A JSON array of desired snaps.</summary>
    public string Snaps { get; set; } = "[]";

    /// <summary>Which of two groups of a device wins: the higher. Always 0 for devices and models.</summary>
    public int Priority { get; set; }

    /// <summary>Grows by one with every change.</summary>
    public int Version { get; set; }

    /// <summary>When it last changed.</summary>
    public DateTime? UpdatedAt { get; set; }

    /// <summary>Who changed it last.</summary>
    public string? UpdatedBy { get; set; }

    /// <summary>
    /// A change is being told to the layer's devices: those with a <see cref="Devices.Device.Id"/> up to this are marked. Null when
    /// all are.
    /// </summary>
    public long? MarkedUpTo { get; set; }

    /// <summary>How many devices the newest change has yet to mark; 0 when all are.</summary>
    public int Unmarked { get; set; }

    /// <summary>Notes a change.</summary>
    /// <param name="by">Who made it.</param>
    /// <param name="at">When (UTC).</param>
    public void Touch(string by, DateTime at)
    {
        Version++;
        UpdatedAt = at;
        UpdatedBy = by;
    }
}

/// <summary>Whose layer of desired state it is; a greater value wins over a smaller.</summary>
public enum LayerKind
{
    /// <summary>Every device of a model.</summary>
    Model = 0,

    /// <summary>Every device in a group.</summary>
    Group = 1,

    /// <summary>One device.</summary>
    Device = 2,
}
