namespace DeviceTwin.Data;

/// <summary>Lets SQLite's writers in one by one, in the order in which they came; PostgreSQL's pass freely.</summary>
/// <param name="oneAtATime">Whether writers wait for each other.</param>
public sealed class WriteGate(bool oneAtATime) : IDisposable
{
    private readonly SemaphoreSlim? gate = oneAtATime ? new SemaphoreSlim(1, 1) : null;

    /// <summary>Waits for the turn; disposing the result ends it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IDisposable?> EnterAsync(CancellationToken cancellationToken)
    {
        if (gate is null)
        {
            return null;
        }

        await gate.WaitAsync(cancellationToken);
        return new Turn(gate);
    }

    /// <inheritdoc />
    public void Dispose() => gate?.Dispose();

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
