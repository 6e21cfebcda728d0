using System.Globalization;
using System.Net.Sockets;
using System.Text;
using DeviceTwin.Servers;

namespace DeviceTwin.Bench.Load;

/// <summary>
/// One HTTP/1.1 connection that sends the same request again and again. It does as little as it can, for it takes its share of the processors
/// that it measures.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly TcpClient socket = new() { NoDelay = true };
    private readonly byte[] request;
    private byte[] buffer = new byte[64 * 1024];

    private HttpConnection(byte[] request) => this.request = request;

    /// <summary>Connects.</summary>
    /// <param name="address">The server.</param>
    /// <param name="body">What is posted to <c>/graphql</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<HttpConnection> OpenAsync(Uri address, string body, CancellationToken cancellationToken)
    {
        var length = Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture);
        string[] head =
        [
            "POST /graphql HTTP/1.1",
            $"Host: {address.Authority}",
            "Content-Type: application/json",
            "Accept: application/json",
            $"Content-Length: {length}",
            "",
            body,
        ];
        var connection = new HttpConnection(Encoding.UTF8.GetBytes(string.Join("\r\n", head)));
        await connection.socket.ConnectAsync(address.Host, address.Port, cancellationToken);
        return connection;
    }

    /// <summary>Sends the request and reads its answer.</summary>
    /// <returns>The answer's body, valid until the next call. (Where it is chunked, with the chunks' lengths in it.)</returns>
    /// <exception cref="ServerException">The answer is not 200, or tells errors.</exception>
    public async Task<ReadOnlyMemory<byte>> AskAsync(CancellationToken cancellationToken)
    {
        await socket.GetStream().WriteAsync(request, cancellationToken);
        var held = 0;
        while (true)
        {
            var read = await socket.GetStream().ReadAsync(buffer.AsMemory(held), cancellationToken);
            held += read > 0 ? read : throw new ServerException("The server closed the connection.");
            if (BodyStart(buffer.AsSpan(0, held)) is { } start)
            {
                var body = buffer.AsMemory(start, held - start);
                return buffer.AsSpan(0, held).StartsWith("HTTP/1.1 200"u8) && body.Span.IndexOf("\"errors\""u8) < 0
                    ? body
                    : throw new ServerException($"The answer is {Encoding.UTF8.GetString(buffer.AsSpan(0, held))}");
            }

            if (held == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    // Null until the whole answer is there.
    private static int? BodyStart(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        var start = end + 4;
        if (LengthOf(answer[..end]) is not { } length)
        {
            return answer.EndsWith("0\r\n\r\n"u8) ? start : null;
        }

        return answer.Length >= start + length ? start : null;
    }

    // The name in any case: not every server writes it as Kestrel does. Null where the answer is chunked.
    private static int? LengthOf(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length:"u8;
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                return int.Parse(line[name.Length..], CultureInfo.InvariantCulture);
            }
        }

        return null;
    }
}
