using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DeviceTwin.Simulator;

/// <summary>The snaps of a device at one moment, by name, with the hashes that newer agents send along.</summary>
internal sealed class SnapList
{
    private readonly Lazy<string> listHash;
    private readonly Lazy<string> installedHash;

    public SnapList(IEnumerable<SimulatedSnap> snaps)
    {
        Snaps = [.. snaps.OrderBy(snap => snap.Name, StringComparer.Ordinal)];
        listHash = new(() => Hash(Snaps.Select(Everything)));
        installedHash = new(() => Hash(Snaps.Select(snap => $"{snap.Name} {snap.Revision}")));
    }

    public IReadOnlyList<SimulatedSnap> Snaps { get; }

    /// <summary>Differs whenever anything in the list does.</summary>
    public string ListHash => listHash.Value;

    /// <summary>Differs when another snap or another revision is installed.</summary>
    public string InstalledHash => installedHash.Value;

    public SimulatedSnap? Find(string name) => Snaps.FirstOrDefault(snap => snap.Name == name);

    public SnapList With(SimulatedSnap snap) => new(Snaps.Where(other => other.Name != snap.Name).Append(snap));

    public SnapList Without(string name) => new(Snaps.Where(snap => snap.Name != name));

    private static string Everything(SimulatedSnap snap)
    {
        var services = string.Join(',', snap.Services.Select(s => $"{s.Name} {s.Daemon} {s.Enabled} {s.Active}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{snap.Name} {snap.Revision} {snap.Channel} {snap.Status} {snap.InstalledAt:O} {snap.Config} {services}"
        );
    }

    private static string Hash(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
}
