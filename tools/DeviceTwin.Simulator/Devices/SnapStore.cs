using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DeviceTwin.Simulator;

/// <summary>
/// The store that simulated devices install from. Some snaps are known with their services and configuration; every other
/// valid name exists too, its facts made from the name, except names that begin with <c>missing</c>.
/// </summary>
internal static partial class SnapStore
{
    private static readonly DateTimeOffset FactoryDay = new(2026, 1, 15, 8, 30, 12, TimeSpan.Zero);
    private static readonly string[] DaemonKinds = ["simple", "forking", "oneshot", "notify"];
    private static readonly ConcurrentDictionary<(DeviceModel Model, int Variant), SnapList> FactoryImages = new();

    private static readonly Dictionary<string, SimulatedSnap> Known = new[]
    {
        Snap("core22", "22.04.20260108", 1963, 77_492_224),
        Snap("snapd", "2.67", 23771, 46_596_096),
        Snap("pc", "22-0.4", 178, 21_331_968, "22/stable"),
        Snap("pc-kernel", "5.15.0-130.140.1", 2180, 341_049_344, "22/stable"),
        Snap("pi", "22-2", 132, 12_337_152, "22/stable"),
        Snap("pi-kernel", "5.15.0-1069.72", 1002, 88_674_304, "22/stable"),
        Snap("network-manager", "1.36.6-11", 1004, 6_905_856, "22/stable", null, Daemon("networkmanager", "notify")),
        Snap("nats", "2.10.24", 1161, 15_872_000, config: """{"port":4222}""", services: Daemon("server")),
        Snap("mosquitto", "2.0.20", 968, 4_632_576, config: """{"port":1883}""", services: Daemon("mosquitto")),
        Snap("influxdb", "2.7.11", 37, 98_873_344, services: Daemon("influxd")),
        Snap("telegraf", "1.33.1", 1210, 62_521_344, "latest/stable", """{"interval":"10s"}""", Daemon("telegraf")),
        Snap(
            "everactive-iot-agent",
            "1.4.2",
            214,
            9_723_904,
            "latest/stable",
            """{"mqtt":{"port":8883,"url":"broker.example.com"}}""",
            Daemon("agent"),
            Daemon("unregister", "oneshot")
        ),
        Snap(
            "everactive-gateway",
            "3.2.0",
            87,
            28_311_552,
            "latest/stable",
            """{"radio":{"band":"915MHz","power":14}}""",
            Daemon("bridge", "notify"),
            Daemon("radio", "forking"),
            Daemon("calibrate", "oneshot")
        ),
    }.ToDictionary(snap => snap.Name);

    private static readonly string[] Apps =
    [
        "everactive-gateway",
        "influxdb",
        "mosquitto",
        "nats",
        "network-manager",
        "telegraf",
    ];

    /// <summary>What a device of a model holds when it leaves the factory; four variants, shared by all devices.</summary>
    public static SnapList FactoryImage(DeviceModel model, int variant) =>
        FactoryImages.GetOrAdd((model, variant % 4), image => MakeImage(image.Model, image.Variant));

    /// <summary>The newest revision of a snap.</summary>
    /// <exception cref="SnapdException">There is no such snap.</exception>
    public static SimulatedSnap Newest(string name)
    {
        if (Known.TryGetValue(name, out var known))
            return known;
        if (!ValidName().IsMatch(name) || name.StartsWith("missing", StringComparison.Ordinal))
            throw new SnapdException($"cannot install \"{name}\": snap not found");

        var fingerprint = Chance.Fingerprint(name);
        var version = string.Create(CultureInfo.InvariantCulture, $"1.{fingerprint % 9}.{fingerprint % 31}");
        return Snap(name, version, (int)(fingerprint % 900) + 1, (long)(fingerprint % 60_000_000) + 400_000) with
        {
            Services = fingerprint % 2 == 0 ? [] : [Daemon("daemon", DaemonKinds[fingerprint / 2 % 4])],
        };
    }

    private static SnapList MakeImage(DeviceModel model, int variant)
    {
        string[] essential = ["core22", "snapd", model.Kernel, model.Gadget];
        string[] apps = ["everactive-iot-agent", Apps[variant], Apps[(variant + 2) % Apps.Length]];
        return new SnapList(
            essential
                .Concat(apps)
                .Select(
                    (name, index) =>
                        Newest(name) with
                        {
                            Essential = index < essential.Length,
                            InstalledAt = FactoryDay.AddDays(variant).AddMilliseconds(index * 7_919L),
                        }
                )
        );
    }

    private static SimulatedSnap Snap(
        string name,
        string version,
        int revision,
        long size,
        string channel = "latest/stable",
        string? config = null,
        params SimulatedService[] services
    ) =>
        new()
        {
            Name = name,
            StoreId = StoreId(name),
            Channel = channel,
            Version = version,
            Revision = revision,
            InstalledSize = size,
            InstalledAt = FactoryDay,
            Config = config,
            Services = services,
        };

    private static SimulatedService Daemon(string name, string kind = "simple") =>
        new(name, kind, Enabled: true, Active: kind != "oneshot");

    /// <summary>32 letters and digits, as the store's ids are.</summary>
    private static string StoreId(string name)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        var chance = new Chance(0, name);
        return string.Create(
            32,
            chance,
            static (id, chance) =>
            {
                for (var index = 0; index < id.Length; index++)
                    id[index] = Alphabet[chance.Below(Alphabet.Length)];
            }
        );
    }

    [GeneratedRegex("^(?=.{2,40}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ValidName();
}
