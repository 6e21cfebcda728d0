namespace DeviceTwin.Api.Mqtt;

/// <summary>Says that something has ended, to any number of waits. Raising it more than once does nothing.</summary>
#pragma warning disable CA1001 // A source without a timer holds nothing to dispose, and raising would race with it.
internal sealed class EndSignal
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource source = new();

    /// <summary>Cancelled once the end has come.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Whether the end has come.</summary>
    public bool IsRaised => source.IsCancellationRequested;

    /// <summary>The end has come.</summary>
    public void Raise() => source.Cancel();
}
