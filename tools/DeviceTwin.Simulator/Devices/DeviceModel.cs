namespace DeviceTwin.Simulator;

/// <summary>A kind of device that is sold: the facts that all of its devices share.</summary>
/// <param name="Brand">Who makes it.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Kernel">Its kernel snap.</param>
/// <param name="Gadget">Its gadget snap.</param>
/// <param name="KernelVersion">The Linux kernel that it runs.</param>
/// <param name="MemoryBytes">Its memory.</param>
internal sealed record DeviceModel(
    string Brand,
    string Name,
    string Kernel,
    string Gadget,
    string KernelVersion,
    long MemoryBytes
)
{
    /// <summary>The models that a fleet is mixed from.</summary>
    public static IReadOnlyList<DeviceModel> All { get; } =
    [
        new("canonical", "ubuntu-core-22-amd64", "pc-kernel", "pc", "5.15.0-130-generic", 8_345_640_960),
        new("canonical", "ubuntu-core-22-pi-arm64", "pi-kernel", "pi", "5.15.0-1069-raspi", 4_005_216_256),
        new("everactive", "evergateway-2", "pi-kernel", "pi", "5.15.0-1069-raspi", 1_966_698_496),
        new("acme", "line-controller-x1", "pc-kernel", "pc", "5.15.0-130-generic", 16_691_281_920),
    ];
}

/// <summary>Who a simulated device is: what <c>device</c> and <c>server</c> tell, and how its agent speaks.</summary>
/// <param name="Model">What kind of device it is.</param>
/// <param name="Serial">Its serial number.</param>
/// <param name="Store">The store that it installs from.</param>
/// <param name="DeviceKey">Its public key.</param>
/// <param name="SnapdVersion">The version of its snapd.</param>
/// <param name="OsId">Its operating system.</param>
/// <param name="OnClassic">Whether that is a classic (not a Core) system.</param>
/// <param name="IsNewer">Whether its agent sends hashes, services and lists of version 2, and knows <c>user</c>.</param>
/// <param name="TellsVersion">Whether its <c>device</c> answer holds the operating system.</param>
/// <param name="SpellsHashInSingular">Whether its lists say <c>installedSnapHash</c>.</param>
/// <param name="TimeZone">The offset that its clock is written with.</param>
internal sealed record DeviceIdentity(
    DeviceModel Model,
    string Serial,
    string Store,
    string DeviceKey,
    string SnapdVersion,
    string OsId,
    bool OnClassic,
    bool IsNewer,
    bool TellsVersion,
    bool SpellsHashInSingular,
    TimeSpan TimeZone
)
{
    private static readonly string[] SnapdVersions = ["2.61.3", "2.63", "2.65.1", "2.67"];
    private static readonly TimeSpan[] TimeZones =
    [
        TimeSpan.Zero,
        TimeSpan.Zero,
        TimeSpan.Zero,
        TimeSpan.FromHours(2),
        new(5, 30, 0),
        TimeSpan.FromHours(-7),
    ];

    /// <summary>Makes up who a device is; the options say how many are newer and tell their version.</summary>
    public static DeviceIdentity MakeUp(Chance chance, SimulatorOptions options)
    {
        var onClassic = chance.Happens(0.1);
        return new DeviceIdentity(
            chance.Pick(DeviceModel.All),
            new Guid(chance.Bytes(16)).ToString(),
            chance.Happens(0.7) ? "global" : "Ab3kPq9sTzXw",
            "AcbBTQRW" + Convert.ToBase64String(chance.Bytes(120)),
            chance.Pick(SnapdVersions),
            onClassic ? "ubuntu" : "ubuntu-core",
            onClassic,
            IsNewer: !chance.Happens(options.OlderAgentShare),
            TellsVersion: !chance.Happens(options.VersionlessShare),
            SpellsHashInSingular: chance.Happens(0.25),
            chance.Pick(TimeZones)
        );
    }
}
