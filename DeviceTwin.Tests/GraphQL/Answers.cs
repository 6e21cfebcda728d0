using System.Text.Encodings.Web;
using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL;

/// <summary>Looks into answers.</summary>
internal static class Answers
{
    public static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Sends what must be refused, and checks the code of its first error.</summary>
    public static async Task<JsonElement> FailsWithAsync(
        this TwinHost host,
        string code,
        string query,
        object? variables = null
    )
    {
        var answer = await host.SendAsync(query, variables);
        Assert.True(answer.TryGetProperty("errors", out var errors), answer.GetRawText());
        Assert.True(errors[0].TryGetProperty("extensions", out var extensions), answer.GetRawText());
        Assert.Equal(code, extensions.GetProperty("code").GetString());
        return errors[0];
    }

    /// <summary>What stands at a path.</summary>
    public static JsonElement At(this JsonElement json, params IEnumerable<string> path) =>
        path.Aggregate(json, (found, name) => found.GetProperty(name));

    /// <summary>One field of each entry of a list.</summary>
    public static IReadOnlyList<string?> Texts(this JsonElement list, string field) =>
        [.. list.EnumerateArray().Select(entry => entry.GetProperty(field).GetString())];
}
