namespace DeviceTwin.Api.Configuration;

/// <summary>How desired state becomes true.</summary>
public sealed class DesiredSettings
{
    /// <summary>How many devices have an action of the reconciler under way at once.</summary>
    [Setting(
        "desired.concurrency",
        "Maximum devices with an open action of the reconciler.",
        Minimum = 1,
        Maximum = 100_000
    )]
    public int Concurrency { get; set; } = 100;

    /// <summary>How often a step is tried before the device is FAILED.</summary>
    [Setting(
        "desired.attempts",
        "How often a step towards the desired state is tried before the device is FAILED.",
        Minimum = 1,
        Maximum = 100
    )]
    public int Attempts { get; set; } = 5;

    /// <summary>How long until a step is tried for the second time.</summary>
    [Setting(
        "desired.backoff",
        "How long until a step that failed is tried again; doubles with each further try, up to an hour.",
        Minimum = 0.001,
        Maximum = 3600
    )]
    public TimeSpan Backoff { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How old a snap list may be to decide by.</summary>
    [Setting(
        "desired.list.age",
        "A device's snap list that is older than this is requested again before the reconciler acts on it.",
        Minimum = 1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan ListAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Snaps that cannot be made ABSENT.</summary>
    [Setting(
        "desired.protected.snaps",
        "Snaps that cannot be made ABSENT: names with commas between them; `*` stands for any text. Add your gadget snap, and the agent's where it has another name."
    )]
    public string ProtectedSnaps { get; set; } =
        "core,core18,core20,core22,core24,core26,snapd,*-kernel,pc,pi,iot-agent,*-iot-agent";
}
