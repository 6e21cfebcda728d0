namespace DeviceTwin.Bench.Surroundings;

/// <summary>Which database and broker the service runs with.</summary>
internal enum SiteKind
{
    /// <summary>PostgreSQL with its defaults and Mosquitto with the queue settings of <c>deploy/</c>, each a process of its own.</summary>
    Servers,

    /// <summary>An SQLite file and the broker inside the service.</summary>
    Embedded,
}
