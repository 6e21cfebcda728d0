using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Tests.Twins.Desired;

/// <summary>What snapd makes of a step; a step that snapd would refuse fails the test.</summary>
/// <param name="snaps">What is installed.</param>
/// <param name="listsChannelOfRevision">
/// Whether the list shows the channel of the installed revision, which moves only with a refresh, or the one that is tracked.
/// </param>
internal sealed class ModelSnapd(IEnumerable<Snap> snaps, bool listsChannelOfRevision)
{
    private readonly Dictionary<string, Snap> _snaps = snaps.ToDictionary(snap => snap.Name);
    private readonly Dictionary<string, string> _tracked = [];

    public IReadOnlyCollection<Snap> List => _snaps.Values;

    public static string Services(bool server, bool worker) =>
        JsonSerializer.Serialize(
            [
                new SnapService(AnyTwin.Service, "simple", true, server),
                new SnapService(AnyTwin.OtherService, "simple", true, worker),
            ],
            TwinJson.Default.IReadOnlyListSnapService
        );

    /// <summary>Does it. Whether a list shows it: a switch may not.</summary>
    public bool Do(Step step)
    {
        if (step.Kind == ActionKind.Install)
        {
            Assert.DoesNotContain(step.Snap, _snaps.Keys);
            _snaps[step.Snap] = new Snap
            {
                Name = step.Snap,
                Channel = "latest/stable",
                Revision = 1,
                Status = "active",
                Services = Services(true, true),
            };
            return true;
        }

        var snap = Assert.Contains(step.Snap, (IDictionary<string, Snap>)_snaps);
        switch (step.Kind)
        {
            case ActionKind.Remove:
                _snaps.Remove(step.Snap);
                break;
            case ActionKind.Enable:
                Assert.NotEqual("active", snap.Status);
                (snap.Status, snap.Services) = ("active", Services(true, true));
                break;
            case ActionKind.Disable:
                Assert.Equal("active", snap.Status);
                (snap.Status, snap.Services) = ("installed", Services(false, false));
                break;
            case ActionKind.Switch:
                _tracked[step.Snap] = step.Data!;
                snap.Channel = listsChannelOfRevision ? snap.Channel : step.Data!;
                return !listsChannelOfRevision;
            case ActionKind.Refresh:
                Assert.Equal("active", snap.Status);
                snap.Channel = _tracked.GetValueOrDefault(step.Snap, snap.Channel);
                snap.Revision++;
                break;
            case ActionKind.Setconf:
                var config = MergePatch.Apply(JsonNode.Parse(snap.Config ?? "{}"), JsonNode.Parse(step.Data!));
                snap.Config = config!.ToJsonString();
                break;
            case ActionKind.Start or ActionKind.Stop:
                Assert.Equal("active", snap.Status);
                Move(snap, ActionData.ReadServices(step.Data, snap.Name), step.Kind == ActionKind.Start);
                break;
            default:
                Assert.Fail($"No plan asks for {step.Kind}.");
                break;
        }

        return true;
    }

    private static void Move(Snap snap, IReadOnlySet<string> named, bool active)
    {
        Assert.NotEmpty(named);
        var services = JsonSerializer.Deserialize(snap.Services, TwinJson.Default.IReadOnlyListSnapService)!;
        var moved = services.Select(service =>
            named.Contains(service.Name) ? service with { Active = active } : service
        );
        snap.Services = JsonSerializer.Serialize([.. moved], TwinJson.Default.IReadOnlyListSnapService);
    }
}
