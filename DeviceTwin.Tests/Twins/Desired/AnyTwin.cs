using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using FsCheck;
using FsCheck.Fluent;

namespace DeviceTwin.Tests.Twins.Desired;

/// <summary>Random documents, layers and snaps of few names and values, so that they meet often.</summary>
/// <param name="seed">The same seed gives the same.</param>
internal sealed class AnyTwin(int seed)
{
    public const string Service = "server";
    public const string OtherService = "worker";

    private static readonly string[] Names = ["aa", "bb", "cc", "dd"];
    private static readonly string[] Channels = ["stable", "latest/stable", "2.10", "2.10/stable", "edge"];
    private readonly Random _random = new(seed);

    /// <summary>Holds for whatever any seed gives.</summary>
    public static Property Always(Action<AnyTwin> holds) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => holds(new AnyTwin(seed)));

    public int Number(int below) => _random.Next(below);

    public T? Maybe<T>(Func<T> value)
        where T : class => Number(2) == 0 ? null : value();

    /// <summary>An object up to three levels deep; arrays hold no null, keys do where they may.</summary>
    public JsonObject Object(bool mayHoldNull, int levels = 3)
    {
        var result = new JsonObject();
        foreach (var key in new[] { "a", "b", "c" }.Where(_ => Number(2) == 0))
        {
            result[key] = Value(mayHoldNull, levels - 1);
        }

        return result;
    }

    /// <summary>Layers as a device has them, in any order.</summary>
    public Layer[] Layers()
    {
        Layer[] layers =
        [
            .. Enumerable.Range(0, Number(2)).Select(_ => Layer(LayerKind.Model, "pi4", 0)),
            .. Enumerable.Range(0, Number(4)).Select(group => Layer(LayerKind.Group, $"group{group}", Number(3))),
            .. Enumerable.Range(0, Number(2)).Select(_ => Layer(LayerKind.Device, null, 0)),
        ];
        _random.Shuffle(layers);
        return layers;
    }

    /// <summary>What is wanted can be: what should run is enabled, and what is disabled runs nothing.</summary>
    public DesiredSnap[] DesiredSnaps() => [.. Names.Where(_ => Number(3) > 0).Select(DesiredSnap)];

    /// <summary>Snaps as a device lists them.</summary>
    public Snap[] Snaps() => [.. Names.Append("ee").Where(_ => Number(3) > 0).Select(Snap)];

    private Layer Layer(LayerKind kind, string? name, int priority) =>
        new(kind, name, priority, Object(mayHoldNull: true), DesiredSnaps());

    private DesiredSnap DesiredSnap(string name)
    {
        if (Number(4) == 0)
        {
            return new DesiredSnap(name, SnapPresence.Absent);
        }

        var services = Maybe<DesiredService[]>(() =>
            [new(Number(2) == 0 ? Service : $"{name}.{Service}", Number(2) == 0), new(OtherService, Number(2) == 0)]
        );
        bool? enabled = services is not null
            ? true
            : (
                Number(3) switch
                {
                    0 => true,
                    1 => false,
                    _ => null,
                }
            );
        return new DesiredSnap(
            name,
            Channel: Maybe(() => Channels[Number(Channels.Length)]),
            Enabled: enabled,
            Config: Maybe(() => Object(mayHoldNull: true).ToJsonString()),
            Services: services
        );
    }

    private Snap Snap(string name)
    {
        var isEnabled = Number(3) > 0;
        return new Snap
        {
            Name = name,
            Channel = Channels[Number(Channels.Length)],
            Revision = 1,
            Status = isEnabled ? "active" : "installed",
            Config = Maybe(() => Object(mayHoldNull: true).ToJsonString()),
            Services = ModelSnapd.Services(isEnabled && Number(2) == 0, isEnabled && Number(2) == 0),
        };
    }

    private JsonNode? Value(bool mayHoldNull, int levels) =>
        Number(8) switch
        {
            0 when mayHoldNull => null,
            1 => new JsonArray(Number(2), Number(2)),
            2 when levels > 0 => new JsonArray(Object(mayHoldNull: false, levels)),
            3 => "text",
            4 => Number(2) == 0,
            5 => Number(2),
            _ when levels > 0 => Object(mayHoldNull, levels),
            _ => Number(2),
        };

    public static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node);
}
