using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DeviceTwin.Servers;

namespace DeviceTwin.Bench.Surroundings;

/// <summary>The service as a process of its own, as users run it.</summary>
internal sealed partial class TwinService : IAsyncDisposable
{
    private static readonly Uri ReadyPath = new("healthz/ready", UriKind.Relative);
    private readonly GuardedProcess process;
    private readonly HttpClient client = new();

    private TwinService(GuardedProcess process) => this.process = process;

    /// <summary>Starts it and waits until it hears devices.</summary>
    /// <param name="program">The built DeviceTwin.Api.dll.</param>
    /// <param name="source">PostgreSQL's connection string.</param>
    /// <param name="brokerPort">The broker's port of 127.0.0.1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerException">It does not start.</exception>
    public static async Task<TwinService> StartAsync(
        string program,
        string source,
        int brokerPort,
        CancellationToken cancellationToken
    )
    {
        string[] settings =
        [
            "--database.driver=postgres",
            $"--database.source={source}",
            "--mqtt.url=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--mqtt.port={brokerPort}"),
            "--mqtt.tls=false",
            "--service.port=0",
        ];
        var service = new TwinService(GuardedProcess.Start(["dotnet", Path.GetFullPath(program), .. settings]));
        try
        {
            await Answering.WaitAsync(
                () => service.IsReadyAsync(cancellationToken),
                "The service",
                service.process,
                cancellationToken
            );
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many messages it has taken from the broker and understood.</summary>
    public async Task<long> CountTakenAsync(CancellationToken cancellationToken)
    {
        var question = new { query = "{ service { messagesReceived messagesRejected } }" };
        using var response = await client.PostAsJsonAsync("graphql", question, cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        var counts = answer.GetProperty("data").GetProperty("service");
        return counts.GetProperty("messagesReceived").GetInt64() - counts.GetProperty("messagesRejected").GetInt64();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await process.DisposeAsync();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (client.BaseAddress is null)
        {
            if (ServedAddress().Match(process.Output) is not { Success: true } address)
            {
                return false;
            }

            client.BaseAddress = new Uri(address.Value);
        }

        using var answer = await client.GetAsync(ReadyPath, cancellationToken);
        return answer.IsSuccessStatusCode;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServedAddress();
}
