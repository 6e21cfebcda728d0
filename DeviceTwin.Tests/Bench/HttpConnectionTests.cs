using System.Net;
using System.Net.Sockets;
using System.Text;
using DeviceTwin.Bench.Load;

namespace DeviceTwin.Tests.Bench;

public sealed class HttpConnectionTests
{
    private const string Body = """{"data":{"devices":[]}}""";

    [Theory]
    [InlineData($"Content-Length: 23\r\n\r\n{Body}")]
    [InlineData($"content-length: 23\r\ndate: now\r\n\r\n{Body}")]
    [InlineData($"Transfer-Encoding: chunked\r\n\r\n17\r\n{Body}\r\n0\r\n\r\n")]
    public async Task An_answer_is_whole_however_its_server_writes_its_length(string answer)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var address = new Uri($"http://{server.LocalEndpoint}");
        using var connection = await HttpConnection.OpenAsync(address, "{}", timeout.Token);
        using var served = await server.AcceptTcpClientAsync(timeout.Token);
        // In two parts: the second is waited for.
        var bytes = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{answer}");
        var asked = connection.AskAsync(timeout.Token);
        await served.GetStream().WriteAsync(bytes.AsMemory(0, bytes.Length - 4), timeout.Token);
        Assert.False(asked.IsCompleted);
        await served.GetStream().WriteAsync(bytes.AsMemory(bytes.Length - 4), timeout.Token);

        Assert.Contains(Body, Encoding.ASCII.GetString((await asked).Span), StringComparison.Ordinal);
    }
}
