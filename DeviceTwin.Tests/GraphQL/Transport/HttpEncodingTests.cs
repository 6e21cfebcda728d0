using System.IO.Compression;
using System.Net;
using System.Text;
using static DeviceTwin.Tests.GraphQL.Transport.HttpAnswer;

namespace DeviceTwin.Tests.GraphQL.Transport;

/// <summary>Encodings of bodies and answers, HEAD, and headers that clients write in their own ways.</summary>
public sealed class HttpEncodingTests : IAsyncLifetime
{
    private const string Hello = """{"query":"{hello}"}""";
    private const int BodyLimit = 10_000;

    private TransportHost host = null!;

    public async Task InitializeAsync() =>
        host = await TransportHost.StartAsync(settings => settings.BodyLimit = BodyLimit);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("identity")]
    public async Task A_body_in_a_known_encoding_is_read(string encoding)
    {
        using var answer = await PostAsync(Encode(Hello, encoding), encoding);

        Assert.Equal("""{"data":{"hello":"Hello world"}}""", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("compress")]
    [InlineData("aws-chunked")]
    [InlineData("gzip, br")]
    public async Task A_body_in_another_encoding_is_415_and_says_which_are_read(string encoding)
    {
        var answer = await PostAsync(Encode(Hello, "gzip"), encoding);

        Assert.Contains(
            "gzip",
            string.Join(',', answer.Headers.GetValues("Accept-Encoding")),
            StringComparison.Ordinal
        );
        await AssertErrorAsync(answer, HttpStatusCode.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_body_that_decodes_to_more_than_the_limit_is_413(string encoding)
    {
        foreach (var size in (int[])[BodyLimit + 1, 3 * BodyLimit, 200_000_000])
        {
            var bomb = Encode(new string(' ', size), encoding);
            if (bomb.Length > BodyLimit)
            {
                bomb = bomb[..BodyLimit];
            }

            var message = await AssertErrorAsync(
                await PostAsync(bomb, encoding),
                HttpStatusCode.RequestEntityTooLarge,
                "BODY_TOO_LARGE"
            );
            Assert.Contains("graphql.body.limit", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_body_that_is_not_what_its_encoding_says_is_400(string encoding)
    {
        foreach (var body in (byte[][])[Encoding.UTF8.GetBytes(Hello), [], [31, 139], [0xff, 0xff, 0xff, 0xff]])
        {
            await AssertErrorAsync(await PostAsync(body, encoding), HttpStatusCode.BadRequest, "BAD_REQUEST");
        }
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, br", "br")]
    [InlineData("zstd", null)]
    [InlineData("identity", null)]
    [InlineData(null, null)]
    public async Task An_answer_of_a_kilobyte_is_compressed_as_the_caller_takes_it(string? accepts, string? encoding)
    {
        var name = new string('x', 2_000);

        using var answer = await AskAsync(name, accepts);

        Assert.Equal(encoding ?? "", string.Join(',', answer.Content.Headers.ContentEncoding));
        await using var stream = await answer.Content.ReadAsStreamAsync();
        await using Stream decoded = encoding switch
        {
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            "gzip" => new GZipStream(stream, CompressionMode.Decompress),
            _ => stream,
        };
        using var reader = new StreamReader(decoded);
        Assert.Equal($$$"""{"data":{"hello":"Hello {{{name}}}"}}""", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task A_small_answer_and_a_stream_are_not_compressed()
    {
        using var small = await AskAsync("x", "br");
        using var stream = await host.PostAsync(
            """{"query":"subscription{flood(size: 2000)}"}""",
            "text/event-stream",
            headers: ("Accept-Encoding", "br, gzip")
        );

        Assert.Empty(small.Content.Headers.ContentEncoding);
        Assert.Empty(stream.Content.Headers.ContentEncoding);
        Assert.Equal("""{"data":{"hello":"Hello x"}}""", await small.Content.ReadAsStringAsync());
        await using var events = await stream.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(events);
        Assert.StartsWith(":", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=UTF8")]
    [InlineData("application/json;charset=utf8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("application/json; charset=Utf-8")]
    [InlineData("APPLICATION/JSON; CHARSET=\"utf8\"")]
    public async Task UTF_8_is_understood_however_it_is_written(string contentType)
    {
        using var answer = await host.PostAsync(Hello, contentType: contentType);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("iso-8859-1")]
    [InlineData("utf-16")]
    [InlineData("utf-7")]
    [InlineData("\"\"")]
    public async Task Another_charset_is_415(string charset)
    {
        await AssertErrorAsync(
            await host.PostAsync(Hello, contentType: $"application/json; charset={charset}"),
            HttpStatusCode.UnsupportedMediaType,
            "UNSUPPORTED_MEDIA_TYPE"
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task An_empty_Accept_counts_as_none(string accept)
    {
        using var answer = await host.PostAsync(Hello, accept);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/graphql-response+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/graphql?query={hello}", null)]
    [InlineData("/graphql?query={hello}", "application/json")]
    [InlineData("/graphql?query={nope}", null)]
    [InlineData("/graphql?query=mutation{double(number:1)}", null)]
    [InlineData("/graphql?query=subscription{count(to:3)}", "text/event-stream")]
    [InlineData("/graphql?query={hello}", "image/png")]
    [InlineData("/graphql", null)]
    [InlineData("/graphql", "text/html")]
    [InlineData("/graphql?sdl", null)]
    [InlineData("/graphql/schema.graphql", null)]
    public async Task HEAD_answers_as_GET_does_without_a_body(string path, string? accept)
    {
        using var get = await host.GetAsync(path, accept);
        using var head = await host.SendAsync(HttpMethod.Head, path, content: null, accept, contentType: null);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(
            get.Headers.Where(header => header.Key != "Transfer-Encoding").Select(header => header.Key),
            head.Headers.Where(header => header.Key != "Transfer-Encoding").Select(header => header.Key)
        );
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    private Task<HttpResponseMessage> AskAsync(string name, string? accepts) =>
        host.PostAsync(
            $$$"""{"query":"query($n:String){hello(name:$n)}","variables":{"n":"{{{name}}}"}}""",
            headers: accepts is null ? [] : [("Accept-Encoding", accepts)]
        );

    private Task<HttpResponseMessage> PostAsync(byte[] body, string encoding)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return host.SendAsync(HttpMethod.Post, "/graphql", content, accept: null, "application/json");
    }

    private static byte[] Encode(string text, string encoding)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var body = new MemoryStream();
        using (
            Stream encoder = encoding.ToUpperInvariant() switch
            {
                "BR" => new BrotliStream(body, CompressionLevel.Fastest),
                "DEFLATE" => new ZLibStream(body, CompressionLevel.Fastest),
                "GZIP" => new GZipStream(body, CompressionLevel.Fastest),
                _ => new BufferedStream(body),
            }
        )
        {
            encoder.Write(bytes);
        }

        return body.ToArray();
    }
}
