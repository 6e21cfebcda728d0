using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Tests.GraphQL.Engine.TestSchema;

namespace DeviceTwin.Tests.GraphQL.Engine;

public sealed class LoaderTests : IDisposable
{
    private readonly TestEngine engine = new();

    [Fact]
    public async Task Siblings_are_loaded_in_one_go()
    {
        var answer = await engine.AskAsync("""{ things(keys: ["a", "bb", "a", "unlabelled"]) { label words } }""");

        Assert.Equal(
            """[{"label":"label of a","words":["a0"]},{"label":"label of bb","words":["bb0","bb1"]},{"label":"label of a","words":["a0"]},{"label":null,"words":["unlabelled0"]}]""",
            answer.GetProperty("data").GetProperty("things").GetRawText()
        );
        Assert.Equal(["a", "bb", "unlabelled"], Assert.Single(engine.Fetches.Labels));
        Assert.Single(engine.Fetches.Words);
    }

    [Fact]
    public async Task A_fault_of_the_loader_reaches_every_field_that_waits_and_is_logged_once()
    {
        var answer = await engine.AskAsync("""{ things(keys: ["a", "b"]) { broken } }""");

        var errors = answer.GetProperty("errors").EnumerateArray().ToList();
        Assert.Equal(2, errors.Count);
        Assert.Single(errors.Select(error => error.GetProperty("extensions").GetProperty("id").GetString()).Distinct());
        Assert.Single(engine.Log.Entries);
    }

    [Fact]
    public async Task Many_keys_are_fetched_in_chunks()
    {
        var loader = new ChunkLoader();
        var pending = Enumerable.Range(0, 2_500).Select(loader.Load).ToList();

        var values = await Task.WhenAll(pending.Select(result => result.GetResultAsync()));

        Assert.Equal(Enumerable.Range(0, 2_500).Select(key => $"{key}"), values);
        Assert.Equal([1000, 1000, 500], loader.Chunks);
    }

    [Fact]
    public async Task A_key_that_is_asked_for_after_the_fetch_is_fetched_anew()
    {
        var loader = new ChunkLoader();

        Assert.Equal("1", await loader.Load(1).GetResultAsync());
        Assert.Equal("1", await loader.Load(1).GetResultAsync());
        Assert.Equal([1, 1], loader.Chunks);
    }

    [Fact]
    public async Task Cancellation_reaches_the_fetch()
    {
        using var cancellation = new CancellationTokenSource();
        var pending = new EndlessLoader().Load(1).GetResultAsync(cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    private sealed class ChunkLoader : BatchLoader<int, string>
    {
        public List<int> Chunks { get; } = [];

        protected override Task<IReadOnlyDictionary<int, string>> FetchAsync(
            IReadOnlyList<int> keys,
            CancellationToken cancellationToken
        )
        {
            Chunks.Add(keys.Count);
            return Task.FromResult<IReadOnlyDictionary<int, string>>(keys.ToDictionary(key => key, key => $"{key}"));
        }
    }

    private sealed class EndlessLoader : BatchLoader<int, string>
    {
        protected override async Task<IReadOnlyDictionary<int, string>> FetchAsync(
            IReadOnlyList<int> keys,
            CancellationToken cancellationToken
        )
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new Dictionary<int, string>();
        }
    }

    public void Dispose() => engine.Dispose();
}
