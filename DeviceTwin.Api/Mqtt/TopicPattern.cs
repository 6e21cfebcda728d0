using System.Diagnostics.CodeAnalysis;

namespace DeviceTwin.Api.Mqtt;

/// <summary>A topic filter in which one level, <c>+</c>, names who sends.</summary>
internal sealed class TopicPattern
{
    private readonly string before;
    private readonly string after;

    /// <summary>Takes a filter apart.</summary>
    /// <param name="filter">For instance <c>devices/health/+</c>.</param>
    /// <param name="key">The setting that holds it, for the error.</param>
    /// <exception cref="SetupException">It has not exactly one level that is <c>+</c>, or holds <c>#</c>.</exception>
    public TopicPattern(string filter, string key)
    {
        var levels = filter.Split('/');
        var place = Array.IndexOf(levels, "+");
        if (place < 0 || filter.Count(letter => letter is '+' or '#') != 1)
        {
            throw new SetupException($"{key}: `{filter}` needs exactly one level `+` and no `#`.");
        }

        Filter = filter;
        before = string.Concat(levels[..place].Select(level => level + '/'));
        after = string.Concat(levels[(place + 1)..].Select(level => '/' + level));
    }

    /// <summary>The filter as the broker knows it.</summary>
    public string Filter { get; }

    /// <summary>Whether a topic is the one of this sender. Compares without making a string: it is asked for every message.</summary>
    public bool IsOf(ReadOnlySpan<char> topic, string sender) =>
        topic.Length == before.Length + sender.Length + after.Length
        && topic.StartsWith(before, StringComparison.Ordinal)
        && topic[before.Length..].StartsWith(sender, StringComparison.Ordinal)
        && topic.EndsWith(after, StringComparison.Ordinal);

    /// <summary>Whether a topic matches, and which text its sender's level holds.</summary>
    public bool TryMatch(string topic, [NotNullWhen(true)] out string? sender)
    {
        sender = null;
        if (
            topic.Length < before.Length + after.Length
            || !topic.StartsWith(before, StringComparison.Ordinal)
            || !topic.EndsWith(after, StringComparison.Ordinal)
        )
        {
            return false;
        }

        var level = topic.AsSpan(before.Length, topic.Length - before.Length - after.Length);
        if (level.Contains('/'))
        {
            return false;
        }

        sender = level.ToString();
        return true;
    }
}
