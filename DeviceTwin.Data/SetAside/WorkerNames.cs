namespace DeviceTwin.Data.SetAside;

/// <summary>The names of the workers that handle many items, as set-aside items, logs and metrics give them. They are stored: a name is never changed.</summary>
public static class WorkerNames
{
    /// <summary>Stores heartbeats.</summary>
    public const string Heartbeats = "heartbeats";

    /// <summary>Applies action responses.</summary>
    public const string ActionResponses = "action-responses";

    /// <summary>Stores metrics.</summary>
    public const string Metrics = "metrics";

    /// <summary>Handles messages on the twin topics.</summary>
    public const string TwinTopics = "twin-topics";

    /// <summary>Confirms the effect of actions in snap lists.</summary>
    public const string Confirmations = "confirmations";

    /// <summary>Sends actions to devices.</summary>
    public const string ActionOutbox = "action-outbox";

    /// <summary>Publishes desired properties.</summary>
    public const string DesiredOutbox = "desired-outbox";

    /// <summary>Marks the devices of changed layers as stale.</summary>
    public const string LayerMarking = "layer-marking";

    /// <summary>Computes the sync status of stale devices again.</summary>
    public const string StaleDevices = "stale-devices";

    /// <summary>Brings devices to their desired state.</summary>
    public const string Reconciler = "reconciler";

    /// <summary>Runs jobs.</summary>
    public const string Jobs = "jobs";

    /// <summary>Ends actions whose time has passed.</summary>
    public const string ActionExpiry = "action-expiry";

    /// <summary>Takes silent devices offline.</summary>
    public const string Presence = "presence";

    /// <summary>Deletes what is older than it is kept.</summary>
    public const string Retention = "retention";
}
