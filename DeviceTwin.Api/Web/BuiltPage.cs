using System.Security.Cryptography;
using System.Text;

namespace DeviceTwin.Api.Web;

/// <summary>
/// A page that Vite built. It is sent with a policy of its own: scripts from here alone, and of styles in the page those that
/// carry a number that is drawn anew for each answer.
/// </summary>
/// <param name="folder">Where built pages are.</param>
/// <param name="file">Its file there.</param>
internal sealed class BuiltPage(string folder, string file)
{
    private const string NoncePlace = "{nonce}";

    private readonly Lazy<string?> text = new(() =>
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    });

    /// <summary>Where the build puts them.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "dashboard");

    /// <summary>Whether it was built.</summary>
    public bool IsThere => text.Value is not null;

    /// <summary>Sends it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="policy">Its policy beyond what holds for all pages; <c>{nonce}</c> in it stands for the drawn number.</param>
    /// <param name="values">What stands at the page's places, by their names.</param>
    public Task WriteAsync(HttpContext context, string policy, params ReadOnlySpan<(string Place, string Value)> values)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        var page = new StringBuilder(text.Value).Replace(NoncePlace, nonce);
        foreach (var (place, value) in values)
        {
            page.Replace(place, System.Net.WebUtility.HtmlEncode(value));
        }

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self' data:; "
            + policy.Replace(NoncePlace, nonce, StringComparison.Ordinal);
        headers.CacheControl = "no-store";
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page.ToString(), context.RequestAborted);
    }
}
