namespace DeviceTwin.Data;

/// <summary>The one precision of instants, on both stores and from the first write: microseconds, which is what PostgreSQL keeps.</summary>
public static class StoredInstant
{
    /// <summary>The instant as every store gives it back. What is finer is cut off, never rounded up: nothing happens later than it did.</summary>
    /// <param name="instant">In UTC.</param>
    public static DateTime Of(DateTime instant) =>
        new(instant.Ticks - (instant.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
}
