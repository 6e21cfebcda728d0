using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// A time in which nothing could be stored. It is logged once when it begins and once when it ends; hearing begins anew then, so that
/// devices whose heartbeats had to wait are not taken for offline.
/// </summary>
/// <param name="listening">Is told the end.</param>
/// <param name="logger">Takes both lines.</param>
internal sealed partial class StoreOutage(Listening listening, ILogger<StoreOutage> logger)
{
    private int isOn;

    /// <summary>Whether it lasts.</summary>
    public bool IsOn => Volatile.Read(ref isOn) == 1;

    /// <summary>Something could not be stored.</summary>
    public void Begin(Exception reason)
    {
        if (Interlocked.Exchange(ref isOn, 1) == 0)
        {
            LogBegin(reason.GetBaseException().Message.ReplaceLineEndings(" "));
        }
    }

    /// <summary>Something was stored.</summary>
    public void End()
    {
        if (Volatile.Read(ref isOn) == 1 && Interlocked.Exchange(ref isOn, 0) == 1)
        {
            LogEnd();
            if (listening.Since is not null)
            {
                listening.Begin();
            }
        }
    }

    [LoggerMessage(
        LogLevel.Error,
        "Messages of devices cannot be stored: {Reason}. They wait, and are stored when it works again."
    )]
    private partial void LogBegin(string reason);

    [LoggerMessage(LogLevel.Information, "Messages of devices are stored again.")]
    private partial void LogEnd();
}
