using System.Net;
using System.Net.Http.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Api.Security;
using DeviceTwin.Tests.GraphQL.Transport;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.Web;

/// <summary>The whole service, for who stands before its HTTP door. A request's <c>X-Name</c> is its caller's authenticated name; those without are anonymous.</summary>
internal sealed class DoorHost : IAsyncDisposable
{
    public const string Typename = "{__typename}";
    public const string Listen = """subscription{deviceChanged(organizationId:"demo"){__typename}}""";

    // On a machine that runs many tests beside this one.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    private DoorHost(TwinHost twin)
    {
        Twin = twin;
        // "Every address" is none to connect to.
        Address = new UriBuilder(twin.Address) { Host = "127.0.0.1" }.Uri;
        Http = new HttpClient { BaseAddress = Address };
    }

    public TwinHost Twin { get; }

    public HttpClient Http { get; }

    public Uri Address { get; }

    public OpenConnections Connections => Twin.Services.GetRequiredService<OpenConnections>();

    public static async Task<DoorHost> StartAsync(Action<Settings>? configure = null, TimeProvider? clock = null) =>
        new(
            await TwinHost.StartAsync(
                output: null,
                new TwinHostOptions
                {
                    Store = StoreKind.Sqlite,
                    WaitsForBroker = false,
                    Clock = clock ?? TimeProvider.System,
                    Configure = configure,
                    Services = services =>
                        services.AddSingleton<IStartupFilter, NameFilter>().AddSingleton<ITokenReader, NameReader>(),
                }
            )
        );

    public Task<HttpResponseMessage> AskAsync(string query, string? name = null) => SendAsync(new { query }, name);

    public async Task<HttpResponseMessage> SendAsync(object body, string? name = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = JsonContent.Create(body) };
        if (name is not null)
        {
            request.Headers.Add("X-Name", name);
        }

        return await Http.SendAsync(request);
    }

    public async Task<SocketClient> OpenSocketAsync(string? name = null)
    {
        var client = await SocketClient.OpenAsync(Address, header: name is null ? null : ("X-Name", name));
        await client.InitialiseAsync();
        return client;
    }

    /// <summary>The status of an upgrade that is refused.</summary>
    public async Task<HttpStatusCode> RefusedUpgradeAsync(string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/graphql");
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        request.Headers.Add("Sec-WebSocket-Protocol", "graphql-transport-ws");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    /// <summary>That the service answers somebody else at once, whatever it was just sent.</summary>
    public async Task AssertAnswersAsync()
    {
        using var answer = await AskAsync(Typename, "somebody else").WaitAsync(AtOnce);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Twin.DisposeAsync();
    }

    private sealed class NameFilter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, go) =>
                    {
                        var headers = context.Request.Headers;
                        headers.Authorization = $"Bearer {headers["X-Name"].FirstOrDefault(Caller.Anonymous.Name)}";
                        return go(context);
                    }
                );
                next(app);
            };
    }

    private sealed class NameReader : ITokenReader
    {
        public ValueTask<TokenReading> ReadAsync(string token, CancellationToken cancellationToken)
        {
            var caller = Caller.Anonymous with { Name = token };
            return ValueTask.FromResult(new TokenReading(caller, ExpiresAt: null, Refusal: null));
        }
    }
}
