using System.Text.Json;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>
/// What desired state must hold before it is stored. A fault within a list names its place, e.g. <c>snaps.0.channel</c>.
/// </summary>
public static class DesiredRules
{
    /// <summary>Checks a list of desired snaps. Gives null when it can be stored.</summary>
    /// <param name="snaps">The snaps.</param>
    /// <param name="protectedSnaps">Those that must stay.</param>
    public static InvalidInput? CheckSnaps(IReadOnlyList<DesiredSnap> snaps, ProtectedSnaps protectedSnaps)
    {
        if (snaps.Count == 0)
        {
            return new InvalidInput("snaps", "Name at least one snap.");
        }

        return CheckNames(snaps.Select(snap => snap.Name), index => $"snaps.{index}.name")
            ?? First(snaps, (snap, index) => CheckSnap(snap, $"snaps.{index}", protectedSnaps));
    }

    /// <summary>
    /// Checks pinned revisions against a device: today's agents cannot be asked for a revision, so it must be there already.
    /// Gives null when all are.
    /// </summary>
    /// <param name="snaps">The snaps.</param>
    /// <param name="reported">What the device last listed.</param>
    public static InvalidInput? CheckRevisions(IReadOnlyList<DesiredSnap> snaps, IReadOnlyCollection<Snap> reported) =>
        First(
            snaps,
            (snap, index) =>
                snap.Revision is null || reported.Any(has => has.Name == snap.Name && has.Revision == snap.Revision)
                    ? null
                    : Unreachable(index, snap, "The device")
        );

    /// <summary>A pinned revision that a device does not have.</summary>
    /// <param name="index">The snap's place in the list.</param>
    /// <param name="snap">The snap.</param>
    /// <param name="device">The device, as a sentence begins with it.</param>
    public static InvalidInput Unreachable(int index, DesiredSnap snap, string device) =>
        new(
            $"snaps.{index}.revision",
            $"{device} does not have revision {snap.Revision} of {snap.Name}, and agents cannot be asked for a revision: "
                + "name a channel instead, or the revision that is there."
        );

    /// <summary>Checks the names of snaps to take out of a layer. Gives null when they can be looked for.</summary>
    /// <param name="names">The names.</param>
    public static InvalidInput? CheckNames(IReadOnlyList<string> names) =>
        names.Count == 0
            ? new InvalidInput("names", "Name at least one snap.")
            : CheckNames(names, index => $"names.{index}");

    /// <summary>Checks desired properties, a patch or a layer's, against <see cref="PropertyLimits"/>. Gives null when they can be used.</summary>
    /// <param name="field">The field that holds them.</param>
    /// <param name="properties">The properties.</param>
    public static InvalidInput? CheckProperties(string field, JsonElement properties) =>
        PropertyLimits.CheckDesired(properties) is { } fault ? new InvalidInput(field, fault.Message) : null;

    private static InvalidInput? CheckNames(IEnumerable<string> names, Func<int, string> field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return First(
            names,
            (name, index) =>
                !SnapNames.IsValid(name)
                    ? new InvalidInput(
                        field(index),
                        "No snap can have this name: write it as in the store, e.g. core22."
                    )
                : !seen.Add(name) ? new InvalidInput(field(index), $"{name} is named twice.")
                : null
        );
    }

    private static InvalidInput? CheckSnap(DesiredSnap snap, string field, ProtectedSnaps protectedSnaps)
    {
        if (snap.Presence == SnapPresence.Absent)
        {
            return CheckAbsent(snap, field, protectedSnaps);
        }

        if (snap.Channel is { } channel && !Channels.IsValid(channel))
        {
            return new InvalidInput($"{field}.channel", Channels.Rule);
        }

        if (snap.Revision < 1)
        {
            return new InvalidInput($"{field}.revision", "A revision is 1 or more.");
        }

        return CheckConfig(snap.Config, $"{field}.config") ?? CheckServices(snap, $"{field}.services");
    }

    private static InvalidInput? CheckAbsent(DesiredSnap snap, string field, ProtectedSnaps protectedSnaps)
    {
        if (protectedSnaps.Contains(snap.Name))
        {
            return new InvalidInput(
                $"{field}.presence",
                $"{snap.Name} is protected: without it the device would not start, or not be heard again."
            );
        }

        return snap with { Presence = SnapPresence.Present } == new DesiredSnap(snap.Name)
            ? null
            : new InvalidInput(
                field,
                $"{snap.Name} is to be ABSENT: leave out channel, revision, enabled, config and services."
            );
    }

    private static InvalidInput? CheckConfig(string? config, string field)
    {
        if (config is null)
        {
            return null;
        }

        if (!CanonicalJson.TryRead(config, ValueRules.Strict, out var canonical, out var fault))
        {
            return new InvalidInput(field, fault.Message);
        }

        var json = JsonElement.Parse(canonical);
        var wrong = PropertyLimits.Check(json)?.Message ?? CheckPaths(json);
        return wrong is null ? null : new InvalidInput(field, wrong);
    }

    // snapd sets keys in any order: with a and a.b in one object the device decides which of the two counts.
    private static string? CheckPaths(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => SnapConfigMerge.NamedTwice(
                value.EnumerateObject().Select(member => member.Name).ToHashSet(StringComparer.Ordinal)
            )
                is { } key
                ? $"{key} names a path into a key beside it: write it inside that key's object."
                : value
                    .EnumerateObject()
                    .Select(member => CheckPaths(member.Value))
                    .FirstOrDefault(wrong => wrong is not null),
            _ => null,
        };

    private static InvalidInput? CheckServices(DesiredSnap snap, string field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return First(
            (snap.Services ?? []).Select(service => ActionData.ServiceName(service.Name, snap.Name)),
            (name, index) =>
                !Names.IsValid(name) ? new InvalidInput($"{field}.{index}.name", Names.Rule("A service's name"))
                : !seen.Add(name) ? new InvalidInput($"{field}.{index}.name", $"{name} is named twice.")
                : null
        );
    }

    private static InvalidInput? First<T>(IEnumerable<T> items, Func<T, int, InvalidInput?> check) =>
        items.Select(check).FirstOrDefault(wrong => wrong is not null);
}
