using System.IO.Compression;
using System.Text.RegularExpressions;
using DeviceTwin.Api.Web;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Dashboard;

public sealed partial class BundleTests(ITestOutputHelper output)
{
    private const int Limit = 300 * 1024;

    [Fact]
    public async Task The_first_load_of_the_dashboard_is_under_300_KB_of_compressed_script()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(BuiltPage.Folder, "index.html"));
        var scripts = Script().Matches(page).Select(match => match.Groups["file"].Value).ToList();
        Assert.NotEmpty(scripts);

        var sizes = scripts.ToDictionary(file => file, file => SizeOf(Path.Combine(BuiltPage.Folder, "assets", file)));

        output.WriteLine(string.Join('\n', sizes.Select(size => $"{size.Key}: {size.Value:N0} bytes")));
        Assert.InRange(sizes.Values.Sum(), 1, Limit);
    }

    private static long SizeOf(string file)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            using var script = File.OpenRead(file);
            script.CopyTo(gzip);
        }

        return compressed.Length;
    }

    [GeneratedRegex("(?:src|href)=\"/assets/(?<file>[^\"]+\\.js)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Script();
}
