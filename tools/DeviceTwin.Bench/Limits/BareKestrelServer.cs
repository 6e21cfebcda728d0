using DeviceTwin.Bench.Surroundings;
using DeviceTwin.Servers;

namespace DeviceTwin.Bench.Limits;

/// <summary><see cref="BareKestrel"/> as a process of its own.</summary>
internal sealed class BareKestrelServer : IAsyncDisposable
{
    private readonly GuardedProcess process = GuardedProcess.Start([
        "dotnet",
        typeof(BareKestrel).Assembly.Location,
        BareKestrel.Command,
    ]);

    private BareKestrelServer() { }

    /// <summary>Where it is reached.</summary>
    public Uri Address => new(process.Output.Trim());

    /// <summary>What it takes of the machine.</summary>
    public ProcessUse Use => ProcessUse.OfChild(process.ShellId);

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<BareKestrelServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new BareKestrelServer();
        await Answering.WaitAsync(
            () => Task.FromResult(Uri.TryCreate(server.process.Output.Trim(), UriKind.Absolute, out _)),
            "Kestrel",
            server.process,
            cancellationToken
        );
        return server;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();
}
