using System.Text.Json;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>What desired state must hold before it is stored. A fault in a list names its place, e.g. <c>snaps.0.channel</c>.</summary>
public static class DesiredRules
{
    /// <summary>Checks a list of desired snaps. Gives null when it can be stored.</summary>
    /// <param name="snaps">The snaps.</param>
    /// <param name="protectedSnaps">Those that must stay.</param>
    public static InvalidInput? CheckSnaps(IReadOnlyList<DesiredSnap> snaps, ProtectedSnaps protectedSnaps) =>
        throw new NotImplementedException();

    /// <summary>Checks pinned revisions for a device: today's agents cannot be asked for one, so it must be there already. Gives null when all are.</summary>
    /// <param name="snaps">The snaps.</param>
    /// <param name="reported">What the device last listed.</param>
    public static InvalidInput? CheckRevisions(IReadOnlyList<DesiredSnap> snaps, IReadOnlyCollection<Snap> reported) =>
        throw new NotImplementedException();

    /// <summary>Checks the names of snaps to clear from a layer. Gives null when they can be cleared.</summary>
    /// <param name="names">The names.</param>
    public static InvalidInput? CheckNames(IReadOnlyList<string> names) => throw new NotImplementedException();

    /// <summary>Checks desired properties, a patch or a layer's: an object within <see cref="PropertyLimits"/>, without null in arrays. Gives null when it can be used.</summary>
    /// <param name="field">The field that holds them.</param>
    /// <param name="properties">The properties.</param>
    public static InvalidInput? CheckProperties(string field, JsonElement properties) =>
        throw new NotImplementedException();
}
