using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.GraphQL.Transport;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Security;

/// <summary>A service that asks for tokens, and callers that bring them.</summary>
internal static class SecureHost
{
    private static readonly HttpClient Http = new();

    // On a machine that runs many tests beside this one.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    /// <summary>Starts a service that knows these tokens.</summary>
    public static Task<TwinHost> StartAsync(
        ITestOutputHelper? output,
        IReadOnlyList<ClientToken> tokens,
        TwinHostOptions? options = null
    ) =>
        TwinHost.StartAsync(
            output,
            (options ?? new TwinHostOptions()) with
            {
                Configure = settings =>
                {
                    options?.Configure?.Invoke(settings);
                    settings.Authentication.Provider = AuthenticationProvider.Token;
                    settings.Authentication.Tokens = tokens;
                },
            }
        );

    /// <summary>The token whose bearer has that name; a test's, not a random one.</summary>
    public static string SecretOf(string name) => "dtt_" + name;

    /// <summary>What the configuration knows of it.</summary>
    public static ClientToken Token(string name, Role role, params string[] organizations) =>
        new(name, TokenHash.Format(SecretOf(name)), organizations, role);

    /// <summary>Asks in somebody's name; with null in nobody's.</summary>
    public static async Task<(HttpStatusCode Status, JsonElement Answer)> AskAsync(
        this TwinHost host,
        string? token,
        string query,
        object? variables = null
    )
    {
        using var response = await host.PostAsync(token is null ? null : "Bearer " + token, query, variables);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>As <see cref="AskAsync"/>, for what must succeed; gives the <c>data</c>.</summary>
    public static async Task<JsonElement> DataAsync(
        this TwinHost host,
        string token,
        string query,
        object? variables = null
    )
    {
        var (status, answer) = await host.AskAsync(token, query, variables);
        Assert.True(status == HttpStatusCode.OK && !answer.TryGetProperty("errors", out _), answer.GetRawText());
        return answer.GetProperty("data");
    }

    /// <summary>That the service answers somebody else at once, whatever it was just sent.</summary>
    public static async Task AssertAnswersAsync(this TwinHost host, string token) =>
        await host.DataAsync(token, "{ organizations { id } }").WaitAsync(AtOnce);

    /// <summary>Posts with these values of <c>Authorization</c>.</summary>
    public static async Task<HttpResponseMessage> PostAsync(
        this TwinHost host,
        string? authorization,
        string query,
        object? variables = null,
        string accept = "application/graphql-response+json"
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "graphql"))
        {
            Content = JsonContent.Create(new { query, variables }),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The code of an answer's first error.</summary>
    public static string? CodeOf(JsonElement answer) =>
        answer.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString();

    /// <summary>Opens a socket in somebody's name and waits for its acknowledgement.</summary>
    public static async Task<SocketClient> OpenSocketAsync(this TwinHost host, string token)
    {
        var client = await SocketClient.OpenAsync(host.Address);
        await client.InitialiseAsync(Init(token));
        return client;
    }

    /// <summary>The payload of <c>connection_init</c> that carries a token.</summary>
    public static string Init(string token, string key = "Authorization") =>
        JsonSerializer.Serialize(new Dictionary<string, string> { [key] = "Bearer " + token });
}
