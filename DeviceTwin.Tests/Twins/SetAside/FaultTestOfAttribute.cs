namespace DeviceTwin.Tests.Twins.SetAside;

/// <summary>The test makes items of this worker fail, and shows that the others are handled: <see cref="EveryWorkerTests"/> asks for one for each worker.</summary>
/// <param name="worker">One of <see cref="DeviceTwin.Data.SetAside.WorkerNames"/>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class FaultTestOfAttribute(string worker) : Attribute
{
    /// <summary>The worker's name.</summary>
    public string Worker { get; } = worker;
}
