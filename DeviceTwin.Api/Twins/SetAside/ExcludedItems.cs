using System.Globalization;

namespace DeviceTwin.Api.Twins.SetAside;

/// <summary>The items that a worker leaves out of its next round.</summary>
/// <param name="SetAside">Keys of items that are set aside.</param>
/// <param name="Waiting">Keys of items that failed and wait for their next try.</param>
public sealed record ExcludedItems(IReadOnlyCollection<string> SetAside, IReadOnlyCollection<string> Waiting)
{
    /// <summary>Nothing is left out.</summary>
    public static ExcludedItems None { get; } = new([], []);

    /// <summary>Whether an item is left out.</summary>
    /// <param name="key">The item.</param>
    public bool Contains(string key) => SetAside.Contains(key) || Waiting.Contains(key);

    /// <summary>The ids of the rows whose keys are a prefix and a number.</summary>
    /// <param name="prefix">The prefix; none where the key is the id alone.</param>
    public long[] Ids(string prefix = "") => [.. Parse(SetAside, prefix), .. Parse(Waiting, prefix)];

    /// <summary>Those of <see cref="Ids"/> that are set aside.</summary>
    public long[] SetAsideIds() => [.. Parse(SetAside, "")];

    private static IEnumerable<long> Parse(IReadOnlyCollection<string> keys, string prefix)
    {
        foreach (var key in keys)
        {
            if (
                key.StartsWith(prefix, StringComparison.Ordinal)
                && long.TryParse(key.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            )
            {
                yield return id;
            }
        }
    }
}
