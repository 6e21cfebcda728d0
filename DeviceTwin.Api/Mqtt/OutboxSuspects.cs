using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Messages that were on their way when the connection was lost. One of them may have been the cause (a message that is too large for the broker), so
/// they are sent one by one next time: the one with which the connection is lost again is at fault, if the broker works otherwise.
/// </summary>
/// <param name="status">Since when the broker is connected.</param>
/// <param name="clock">Measures how long.</param>
internal sealed class OutboxSuspects(BrokerStatus status, TimeProvider clock)
{
    private const int Capacity = 10_000;

    /// <summary>A broker that was connected for so long works.</summary>
    private static readonly TimeSpan Working = TimeSpan.FromSeconds(3);

    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private bool hasAcknowledged;
    private DateTime lostAt = DateTime.MinValue;

    /// <summary>Whether the broker has acknowledged something since the connection was lost, or is connected again for a while.</summary>
    public bool IsBrokerWorking =>
        hasAcknowledged
        || (
            status.Current is { Connected: true, Since: { } since }
            && since > lostAt
            && clock.GetUtcNow().UtcDateTime - since >= Working
        );

    /// <summary>The message with which, sent by itself, the connection was lost: it is sent after the others, so that these show whether the broker works.</summary>
    public string? Last { get; private set; }

    /// <summary>Whether a message is to be sent by itself.</summary>
    /// <param name="key">The message.</param>
    public bool Contains(string key) => keys.Contains(key);

    /// <summary>Messages were published side by side.</summary>
    /// <param name="group">The messages.</param>
    /// <param name="sent">Those that were acknowledged, these and others.</param>
    /// <param name="isAway">Whether the connection was lost.</param>
    public void Note<TMessage>(IReadOnlyList<TMessage> group, IReadOnlyList<TMessage> sent, bool isAway)
        where TMessage : IOutgoingMessage
    {
        hasAcknowledged = !isAway && (hasAcknowledged || sent.Count > 0);
        keys.ExceptWith(group.Select(message => message.Key));
        if (isAway)
        {
            lostAt = clock.GetUtcNow().UtcDateTime;
            Last = group is [var alone] ? alone.Key : Last;
            if (keys.Count < Capacity)
            {
                keys.UnionWith(group.Except(sent).Select(message => message.Key));
            }
        }
    }
}
