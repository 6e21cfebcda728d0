using System.Text.RegularExpressions;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Documents;

/// <summary>A page of the documentation with the code in it.</summary>
internal static partial class MarkdownPage
{
    /// <summary>The blocks of code, in their order.</summary>
    /// <param name="path">Where the page is, from the root of the repository.</param>
    public static async Task<IReadOnlyList<CodeBlock>> BlocksAsync(params string[] path)
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf(path));
        return
        [
            .. Block()
                .Matches(page)
                .Select(block => new CodeBlock(block.Groups["language"].Value, block.Groups["text"].Value.Trim())),
        ];
    }

    [GeneratedRegex(
        "^```(?<language>[a-z]+)\n(?<text>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline,
        1000
    )]
    private static partial Regex Block();
}

/// <summary>A block of code.</summary>
/// <param name="Language">Its language.</param>
/// <param name="Text">Its text.</param>
internal sealed record CodeBlock(string Language, string Text);
