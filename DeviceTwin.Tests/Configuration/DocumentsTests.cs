using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Configuration;

public sealed class DocumentsTests
{
    private const string Begin = "<!-- configuration:begin -->\n";
    private const string End = "<!-- configuration:end -->";

    [Fact]
    public void The_README_shows_every_key_as_it_is_declared()
    {
        var path = Path.Combine(Repository.Root, "README.md");
        var text = File.ReadAllText(path);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, $"README.md needs {Begin} and {End} around its table.");
        if (Environment.GetEnvironmentVariable("UPDATE_README") == "1")
        {
            text = text[..begin] + SettingsTable.Markdown() + text[end..];
            File.WriteAllText(path, text);
            end = text.IndexOf(End, StringComparison.Ordinal);
        }

        Assert.True(
            text[begin..end] == SettingsTable.Markdown(),
            "The keys have changed: run this test with UPDATE_README=1 to write README.md's table."
        );
    }

    [Fact]
    public void The_YAML_that_the_documentation_shows_can_be_used()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

        var given = page.Split("```")
            .Where(block => block.StartsWith("yaml\n", StringComparison.Ordinal))
            .Select(block => Load(block["yaml\n".Length..]).Origins.Count);

        Assert.Equal([5, 3], given);
    }

    [Fact]
    public void The_YAML_that_the_page_on_security_shows_can_be_used()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));

        var given = page.Split("```")
            .Where(block => block.StartsWith("yaml\n", StringComparison.Ordinal))
            .Select(block => Load(block["yaml\n".Length..]).Origins.Count);

        Assert.Equal([2, 5], given);
    }

    private static LoadedSettings Load(string yaml)
    {
        using var folder = new SettingsFolder();
        folder.Write("config.yaml", yaml);
        return folder.Load();
    }
}
