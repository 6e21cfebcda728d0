using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Handles messages again that its worker set aside.</summary>
internal interface ISetAsideHandler
{
    /// <summary>The worker's name.</summary>
    string Worker { get; }

    /// <summary>Handles a message as if it had just come. What it throws is the message's failure.</summary>
    /// <param name="item">The message.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    /// <returns>Why it was rejected; null where it was taken.</returns>
    Task<string?> RetryAsync(SetAsideItem item, CancellationToken cancellationToken);
}
