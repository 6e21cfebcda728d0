using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Twins;

/// <summary>
/// Compares JSON texts by their values: PostgreSQL gives JSON back with its own spaces and order of keys. What many devices of a batch say alike is
/// parsed once.
/// </summary>
internal sealed class JsonTexts
{
    private readonly Dictionary<(string, string), bool> compared = [];

    /// <summary>Whether two texts have the same value, or are both null.</summary>
    public bool AreSame(string? stored, string? told)
    {
        if (stored is null || told is null || string.Equals(stored, told, StringComparison.Ordinal))
        {
            return stored == told;
        }

        if (!compared.TryGetValue((stored, told), out var areSame))
        {
            areSame = StoredJson.AreEqual(stored, told);
            compared.Add((stored, told), areSame);
        }

        return areSame;
    }
}
