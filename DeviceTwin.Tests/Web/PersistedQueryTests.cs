using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Documents;
using static DeviceTwin.Tests.GraphQL.Transport.HttpAnswer;

namespace DeviceTwin.Tests.Web;

public sealed class PersistedQueryTests
{
    private const string Query = "{ here: __typename }";
    private const string Answer = """{"data":{"here":"Query"}}""";

    [Fact]
    public async Task A_hash_that_is_not_known_is_sent_again_with_its_query_and_then_suffices()
    {
        await using var door = await DoorHost.StartAsync();
        var hash = HashOf(Query);

        var message = await AssertErrorAsync(
            await AskAsync(door, hash),
            HttpStatusCode.BadRequest,
            "PERSISTED_QUERY_NOT_FOUND"
        );
        using var full = await AskAsync(door, hash, Query);
        using var known = await AskAsync(door, hash);
        var extensions = Uri.EscapeDataString(JsonSerializer.Serialize(ExtensionOf(hash)));
        var got = await door.Http.GetStringAsync(new Uri($"/graphql?extensions={extensions}", UriKind.Relative));
        using var client = await door.OpenSocketAsync();
        var payload = new { extensions = ExtensionOf(hash) };
        await client.SendAsync(
            JsonSerializer.Serialize(
                new
                {
                    id = "1",
                    type = "subscribe",
                    payload,
                }
            )
        );

        Assert.Equal("PersistedQueryNotFound", message);
        Assert.Equal(Answer, await full.Content.ReadAsStringAsync());
        Assert.Equal(Answer, await known.Content.ReadAsStringAsync());
        Assert.Equal(Answer, got);
        Assert.Equal(Answer, (await client.ReceiveMessageAsync()).Payload);
    }

    [Fact]
    public async Task A_query_by_GET_registers_too()
    {
        await using var door = await DoorHost.StartAsync();
        var extensions = Uri.EscapeDataString(JsonSerializer.Serialize(ExtensionOf(HashOf(Query))));

        var both = new Uri($"/graphql?query={Uri.EscapeDataString(Query)}&extensions={extensions}", UriKind.Relative);
        Assert.Equal(Answer, await door.Http.GetStringAsync(both));
        var hashAlone = new Uri($"/graphql?extensions={extensions}", UriKind.Relative);
        Assert.Equal(Answer, await door.Http.GetStringAsync(hashAlone));
    }

    [Fact]
    public async Task A_hash_that_is_not_the_querys_is_refused_and_nothing_is_kept()
    {
        await using var door = await DoorHost.StartAsync();
        var hash = HashOf("{ other: __typename }");

        await AssertErrorAsync(
            await AskAsync(door, hash, Query),
            HttpStatusCode.BadRequest,
            "PERSISTED_QUERY_HASH_MISMATCH"
        );
        await AssertErrorAsync(await AskAsync(door, hash), HttpStatusCode.BadRequest, "PERSISTED_QUERY_NOT_FOUND");
    }

    [Fact]
    public async Task A_query_beyond_the_limits_is_not_kept()
    {
        await using var door = await DoorHost.StartAsync(settings => settings.GraphQL.Nodes = 3);
        const string Large = "{ a:__typename b:__typename c:__typename d:__typename }";

        await AssertErrorAsync(await AskAsync(door, HashOf(Large), Large), HttpStatusCode.BadRequest, "TOO_MANY_NODES");
        await AssertErrorAsync(
            await AskAsync(door, HashOf(Large)),
            HttpStatusCode.BadRequest,
            "PERSISTED_QUERY_NOT_FOUND"
        );
    }

    [Fact]
    public async Task The_protocol_can_be_off()
    {
        await using var door = await DoorHost.StartAsync(settings => settings.GraphQL.PersistedEntries = 0);

        var message = await AssertErrorAsync(
            await AskAsync(door, HashOf(Query)),
            HttpStatusCode.BadRequest,
            "PERSISTED_QUERY_NOT_SUPPORTED"
        );
        using var full = await AskAsync(door, HashOf(Query), Query);

        Assert.Equal("PersistedQueryNotSupported", message);
        Assert.Equal(Answer, await full.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"extensions":{"persistedQuery":1}}""")]
    [InlineData("""{"extensions":{"persistedQuery":{"version":2,"sha256Hash":"a"}}}""")]
    [InlineData("""{"extensions":{"persistedQuery":{"version":1}}}""")]
    [InlineData("""{"extensions":{"persistedQuery":{"version":1,"sha256Hash":7}}}""")]
    public async Task What_is_not_the_protocol_is_told(string body)
    {
        await using var door = await DoorHost.StartAsync();

        await AssertErrorAsync(
            await door.SendAsync(JsonElement.Parse(body)),
            HttpStatusCode.BadRequest,
            "PERSISTED_QUERY_NOT_SUPPORTED"
        );
    }

    [Fact]
    public void The_least_recently_used_goes_when_there_are_too_many()
    {
        var documents = StoreOf(entries: 2, bytes: 10_000);
        documents.Keep("a", "{a}");
        documents.Keep("b", "{b}");
        Assert.Equal("{a}", documents.Find("A"));
        documents.Keep("c", "{c}");

        Assert.Equal(("{a}", null, "{c}"), (documents.Find("a"), documents.Find("b"), documents.Find("c")));
    }

    [Fact]
    public void The_least_recently_used_go_when_they_are_too_large_and_what_is_too_large_alone_is_not_kept()
    {
        var documents = StoreOf(entries: 100, bytes: 1_024);
        documents.Keep("a", new string('a', 200));
        documents.Keep("b", new string('b', 200));
        documents.Keep("c", new string('c', 300));
        Assert.Equal((null, 200, 300), (documents.Find("a"), documents.Find("b")?.Length, documents.Find("c")?.Length));

        documents.Keep("d", new string('d', 600));
        Assert.Null(documents.Find("d"));
        documents.Keep("e", "{e}");
        Assert.Equal("{e}", documents.Find("e"));
    }

    private static PersistedDocuments StoreOf(int entries, int bytes)
    {
        var settings = new Settings();
        (settings.GraphQL.PersistedEntries, settings.GraphQL.PersistedBytes) = (entries, bytes);
        return new PersistedDocuments(settings);
    }

    private static string HashOf(string query) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(query)));

    private static object ExtensionOf(string hash) => new { persistedQuery = new { version = 1, sha256Hash = hash } };

    private static Task<HttpResponseMessage> AskAsync(DoorHost door, string hash, string? query = null) =>
        door.SendAsync(
            query is null ? new { extensions = ExtensionOf(hash) } : new { query, extensions = ExtensionOf(hash) }
        );
}
