using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DeviceTwin.Servers;

namespace DeviceTwin.Bench.Surroundings;

/// <summary>The service as a process of its own, as users run it, with limits that let one address measure it.</summary>
internal sealed partial class TwinService : IAsyncDisposable
{
    private const string Many = "1000000";

    private static readonly string[] Limits =
    [
        "--service.port=0",
        "--service.rate.address=0",
        "--service.rate.caller=0",
        $"--service.connections.address={Many}",
        $"--graphql.sockets={Many}",
        $"--graphql.sockets.address={Many}",
        $"--graphql.subscriptions.caller={Many}",
    ];

    private static readonly TimeSpan SubscribingLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(5);
    private static readonly Uri ReadyPath = new("healthz/ready", UriKind.Relative);
    private readonly GuardedProcess process;
    private readonly HttpClient client = new();

    private TwinService(GuardedProcess process) => this.process = process;

    /// <summary>Where it is reached.</summary>
    public Uri Address => client.BaseAddress!;

    /// <summary>From the start of the process to its readiness.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>What it has taken of the machine.</summary>
    public ProcessUse Use { get; private set; } = null!;

    /// <summary>Starts it and waits until it hears devices.</summary>
    /// <param name="program">The built DeviceTwin.Api.dll.</param>
    /// <param name="settings">Its database and broker.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerException">It does not start.</exception>
    public static async Task<TwinService> StartAsync(
        string program,
        string[] settings,
        CancellationToken cancellationToken
    )
    {
        var started = Stopwatch.GetTimestamp();
        var service = new TwinService(
            GuardedProcess.Start(["dotnet", Path.GetFullPath(program), .. Limits, .. settings])
        );
        try
        {
            await Answering.WaitAsync(
                () => service.IsReadyAsync(cancellationToken),
                "The service",
                service.process,
                cancellationToken
            );
            service.ReadyAfter = Stopwatch.GetElapsedTime(started);
            service.Use = ProcessUse.OfChild(service.process.ShellId);
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
        var data = await AskAsync("{ service { messagesReceived messagesRejected } }", cancellationToken);
        var counts = data.GetProperty("service");
        return counts.GetProperty("messagesReceived").GetInt64() - counts.GetProperty("messagesRejected").GetInt64();
    }

    /// <summary>Waits until so many subscriptions stand: a socket is acknowledged before that.</summary>
    /// <exception cref="ServerException">Some are refused, or it takes half a minute.</exception>
    public async Task WaitForSubscribersAsync(int count, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (
            (await AskAsync("{ service { subscribers } }", cancellationToken))
                .GetProperty("service")
                .GetProperty("subscribers")
                .GetInt32()
                is var subscribers
            && subscribers < count
        )
        {
            if (Stopwatch.GetElapsedTime(started) > SubscribingLimit)
            {
                throw new ServerException(
                    string.Create(CultureInfo.InvariantCulture, $"Only {subscribers} of {count} have subscribed.")
                );
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    /// <summary>Asks by GraphQL.</summary>
    /// <returns>The data.</returns>
    /// <exception cref="ServerException">The answer holds errors.</exception>
    public async Task<JsonElement> AskAsync(string query, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync("graphql", new { query }, cancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return answer.TryGetProperty("errors", out _)
            ? throw new ServerException($"The service answers {query} with {answer.GetRawText()}")
            : answer.GetProperty("data");
    }

    /// <summary>Whether it says that it is ready, and says so within five seconds.</summary>
    public async Task<bool> IsReadyNowAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadyLimit);
        try
        {
            return await IsReadyAsync(limit.Token);
        }
        catch (Exception silent)
            when (silent is HttpRequestException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested
            )
        {
            return false;
        }
    }

    /// <summary>How many lines of the level error or above it has logged.</summary>
    public int CountErrorLines() => ErrorLine().Count(process.Output);

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

    [GeneratedRegex("^[0-9TZ:.-]+ (?:error|fatal) ", RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServedAddress();
}
