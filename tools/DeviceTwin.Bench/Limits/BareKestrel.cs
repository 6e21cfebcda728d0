using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DeviceTwin.Bench.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DeviceTwin.Bench.Limits;

/// <summary>
/// Kestrel with nothing behind it, as a process of its own: an endpoint that writes an object as JSON, and WebSockets that are sent frames as they are.
/// </summary>
internal static partial class BareKestrel
{
    /// <summary>The command-line word that runs it.</summary>
    public const string Command = "bare-kestrel";

    private static readonly TaskCompletionSource Begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until it is killed.</summary>
    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddFilter((_, level) => level >= LogLevel.Warning);
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseWebSockets();
        app.MapPost(
            "/graphql",
            static async (HttpContext context) =>
            {
                // The question is read, as every answer needs that, and then the answer written.
                await JsonSerializer.DeserializeAsync(context.Request.Body, BareJson.Default.JsonElement);
                context.Response.ContentType = "application/json";
                await JsonSerializer.SerializeAsync(
                    context.Response.Body,
                    BareAnswer.Sample,
                    BareJson.Default.BareAnswer
                );
            }
        );
        app.MapGet("/push", PushAsync);
        app.MapGet("/begin", static () => Begun.TrySetResult().ToString());
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        await app.WaitForShutdownAsync();
        return 0;
    }

    // So many frames of so many bytes, once all sockets are told to begin. The last one holds what readers wait for.
    private static async Task PushAsync(HttpContext context)
    {
        var frames = Number(context, "frames");
        var bytes = Number(context, "bytes");
        var frame = Encoding.ASCII.GetBytes("""{"type":"next"}""".PadRight(bytes));
        var last = Encoding.ASCII.GetBytes(
            $$"""{"type":"next","id":"{{SubscriberSocket.LastEvent}}"}""".PadRight(bytes)
        );
        using var socket = await context.WebSockets.AcceptWebSocketAsync("graphql-transport-ws");
        await socket.ReceiveAsync(new byte[1024], context.RequestAborted);
        await SendAsync("{}"u8.ToArray());
        await Begun.Task.WaitAsync(context.RequestAborted);
        for (var sent = 1; sent < frames; sent++)
        {
            await SendAsync(frame);
        }

        await SendAsync(last);
        // Until the reader goes.
        await Task.Delay(Timeout.Infinite, context.RequestAborted)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        Task SendAsync(byte[] text) =>
            socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
    }

    private static int Number(HttpContext context, string name) =>
        int.Parse(context.Request.Query[name].ToString(), CultureInfo.InvariantCulture);

    /// <summary>What a question for a device by its id is answered with.</summary>
    internal sealed record BareAnswer(BareData Data)
    {
        public static BareAnswer Sample { get; } =
            new(
                new BareData(
                    new BareDevice(
                        "bench-0000042",
                        "brand-2",
                        "model-2",
                        "serial-42",
                        "ONLINE",
                        DateTime.UnixEpoch,
                        true
                    )
                )
            );
    }

    /// <summary>Its data.</summary>
    internal sealed record BareData(BareDevice Device);

    /// <summary>Its device.</summary>
    internal sealed record BareDevice(
        string DeviceId,
        string Brand,
        string Model,
        string Serial,
        string Connectivity,
        DateTime LastHeartbeatAt,
        bool Active
    );

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(BareAnswer))]
    [JsonSerializable(typeof(JsonElement))]
    private sealed partial class BareJson : JsonSerializerContext;
}
