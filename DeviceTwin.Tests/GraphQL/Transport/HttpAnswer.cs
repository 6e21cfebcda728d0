using System.Net;
using System.Text.Json;

namespace DeviceTwin.Tests.GraphQL.Transport;

internal static class HttpAnswer
{
    /// <summary>Asserts status and code of an answer's first error, and gives its message.</summary>
    public static async Task<string> AssertErrorAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        using (response)
        {
            string text = await response.Content.ReadAsStringAsync();
            Assert.True(status == response.StatusCode, $"{response.StatusCode}: {text}");
            JsonElement error = JsonElement.Parse(text).GetProperty("errors")[0];
            Assert.Equal(code, error.GetProperty("extensions").GetProperty("code").GetString());
            return error.GetProperty("message").GetString()!;
        }
    }
}
