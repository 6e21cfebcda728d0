using System.Net;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using static DeviceTwin.Tests.GraphQL.Transport.HttpAnswer;

namespace DeviceTwin.Tests.Web;

public sealed class DocumentTests : IDisposable
{
    private const string ById =
        "query One($id: String!) { device(organizationId: \"demo\", deviceId: $id) { deviceId } }";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-documents-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("""{"documentId":"apollo-1"}""")]
    [InlineData("""{"id":"apollo-1"}""")]
    [InlineData("""{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"apollo-1"}}}""")]
    [InlineData("""{"documentId":"relay-1"}""")]
    [InlineData("""{"documentId":"file-1"}""")]
    [InlineData("""{"documentId":"sha256:file-1"}""")]
    [InlineData("""{"documentId":"relay-2","variables":{"id":"d1"}}""")]
    [InlineData("""{"documentId":"file-1","query":"{ __typename }"}""")]
    public async Task A_trusted_document_is_run_however_it_is_asked_for(string body)
    {
        WriteAll();
        await using var door = await StartAsync();

        using var answer = await door.SendAsync(JsonElement.Parse(body));

        Assert.StartsWith("""{"data":""", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"query":"{ __typename }"}""")]
    [InlineData("""{"documentId":"unknown"}""")]
    [InlineData("""{"documentId":"file-1","query":"{ other: __typename }"}""")]
    [InlineData("""{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"unknown"}}}""")]
    public async Task Anything_else_is_refused_with_one_code(string body)
    {
        WriteAll();
        await using var door = await StartAsync();

        await AssertErrorAsync(
            await door.SendAsync(JsonElement.Parse(body)),
            HttpStatusCode.BadRequest,
            "DOCUMENT_NOT_TRUSTED"
        );
    }

    [Fact]
    public async Task A_trusted_document_is_asked_for_by_GET_and_on_a_WebSocket_too()
    {
        WriteAll();
        await using var door = await StartAsync();
        using var client = await door.OpenSocketAsync();

        var answer = await door.Http.GetStringAsync(new Uri("/graphql?documentId=file-1", UriKind.Relative));
        await client.SendAsync("""{"id":"1","type":"subscribe","payload":{"documentId":"relay-1"}}""");
        var next = await client.ReceiveMessageAsync();
        Assert.Equal("complete", (await client.ReceiveMessageAsync()).Type);
        await client.SubscribeAsync("2", DoorHost.Typename);
        var refused = await client.ReceiveMessageAsync();

        Assert.Equal("""{"data":{"__typename":"Query"}}""", answer);
        Assert.Equal(("next", "1"), (next.Type, next.Id));
        Assert.Equal(("error", "2"), (refused.Type, refused.Id));
        Assert.Contains("DOCUMENT_NOT_TRUSTED", refused.Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_any_document_is_run_the_folder_serves_those_that_ask_by_id()
    {
        Write("a.graphql", DoorHost.Typename);
        await using var door = await StartAsync(AcceptedDocuments.Any);

        using var known = await door.SendAsync(new { documentId = "a" });
        using var text = await door.AskAsync("{ x: __typename }");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (known.StatusCode, text.StatusCode));
        await AssertErrorAsync(
            await door.SendAsync(new { documentId = "b" }),
            HttpStatusCode.BadRequest,
            "PERSISTED_QUERY_NOT_FOUND"
        );
    }

    [Theory]
    [InlineData("a.graphql", "{ nothing }", "a.graphql: the document a cannot be run: ")]
    [InlineData("a.graphql", "{", "a.graphql: the document a cannot be run: ")]
    [InlineData("a.json", """{"one":"{ nothing }"}""", "a.json: the document one cannot be run: ")]
    [InlineData("a.json", "[]", "a.json is neither Apollo's manifest")]
    [InlineData("a.json", "{", "a.json is neither Apollo's manifest")]
    [InlineData("a.json", """{"format":"apollo-persisted-query-manifest"}""", "a.json is neither Apollo's manifest")]
    [InlineData("a.json", """{"b":"{ x: __typename }"}""", "b.graphql and ", "differ in the document b.")]
    [InlineData("a.text", "", "holds no .json or .graphql file", "graphql.documents.path")]
    public async Task A_bad_document_stops_the_start_with_file_and_reason(
        string file,
        string text,
        string reason,
        string more = ""
    )
    {
        Write(file, text);
        if (reason.StartsWith("b.graphql", StringComparison.Ordinal))
        {
            Write("b.graphql", DoorHost.Typename);
        }

        var fault = await Assert.ThrowsAsync<SetupException>(() => StartAsync());

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Contains(more, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(fault.Message, char.IsControl);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_stops_the_start()
    {
        var fault = await Assert.ThrowsAsync<SetupException>(() =>
            DoorHost.StartAsync(settings => settings.GraphQL.DocumentsPath = "/nowhere/at/all")
        );

        Assert.StartsWith("graphql.documents.path: ", fault.Message, StringComparison.Ordinal);
    }

    private void WriteAll()
    {
        var operation = new
        {
            id = "apollo-1",
            name = "A",
            type = "query",
            body = "query A { __typename }",
        };
        var apollo = new
        {
            format = "apollo-persisted-query-manifest",
            version = 1,
            operations = new[] { operation },
        };
        Write("apollo.json", JsonSerializer.Serialize(apollo));
        var relay = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["relay-1"] = "query R { __typename }",
            ["relay-2"] = ById,
        };
        Write("relay.json", JsonSerializer.Serialize(relay));
        Write("file-1.graphql", "{ __typename }");
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(folder.FullName, file), text);

    private Task<DoorHost> StartAsync(AcceptedDocuments documents = AcceptedDocuments.Trusted) =>
        DoorHost.StartAsync(settings =>
            (settings.GraphQL.Documents, settings.GraphQL.DocumentsPath) = (documents, folder.FullName)
        );
}
