namespace DeviceTwin.Api.Configuration;

/// <summary>Finds what somebody meant to write.</summary>
internal static class Spelling
{
    /// <summary>The candidate that takes the fewest edits, or null when none is near.</summary>
    public static string? Nearest(string text, IEnumerable<string> candidates)
    {
        var limit = Math.Clamp(text.Length / 4, 1, 4);
        return candidates
            .Where(candidate => Math.Abs(candidate.Length - text.Length) <= limit)
            .Select(candidate => (Candidate: candidate, Distance: Distance(text, candidate)))
            .Where(scored => scored.Distance <= limit)
            .OrderBy(scored => scored.Distance)
            .ThenBy(scored => scored.Candidate, StringComparer.Ordinal)
            .FirstOrDefault()
            .Candidate;
    }

    /// <summary>The sentence for something that is not known.</summary>
    public static string NotKnown(string what, string? near) =>
        near is null ? $"{what} is not known, see --help" : $"{what} is not known, did you mean {near}?";

    /// <summary>How many letters to insert, delete or replace; case does not count.</summary>
    private static int Distance(string left, string right)
    {
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        foreach (var (row, letter) in left.Index())
        {
            var current = new int[right.Length + 1];
            current[0] = row + 1;
            for (var column = 0; column < right.Length; column++)
            {
                var differs = char.ToLowerInvariant(letter) == char.ToLowerInvariant(right[column]) ? 0 : 1;
                var edited = Math.Min(previous[column + 1], current[column]) + 1;
                current[column + 1] = Math.Min(edited, previous[column] + differs);
            }
            previous = current;
        }
        return previous[^1];
    }
}
