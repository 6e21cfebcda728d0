using System.Text.Json;
using DeviceTwin.Data.Values;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DeviceTwin.Tests.Data;

public sealed class KeyPathTests
{
    private static readonly string[] OddKeys =
    [
        "",
        ".",
        "..",
        "a.b",
        "[",
        "]",
        "[\"a\"]",
        "\"",
        "'",
        "\\",
        "\\u0041",
        " ",
        "a b",
        "\t",
        "\n",
        "\u001f",
        "\u007f",
        "\u00a0",
        "\u2028",
        "$",
        "*",
        "-1",
        "0",
        "größe",
        "😀",
        "a/b",
        "a,b{c}",
    ];

    [Property(MaxTest = 2_000)]
    public Property The_text_of_any_path_is_read_back_as_the_same_path() =>
        Prop.ForAll(
            Gen.OneOf(Gen.Elements(OddKeys), ArbMap.Default.GeneratorFor<UnicodeString>().Select(key => key.ToString()))
                .Where(IsStorable)
                .ListOf()
                .ToArbitrary(),
            keys =>
            {
                var text = new KeyPath([.. keys]).ToString();

                Assert.True(KeyPath.TryParse(text, out var path, out var fault), $"{text}: {fault}");
                Assert.Equal(keys, path.Keys);
            }
        );

    [Property(MaxTest = 2_000)]
    public Property Two_paths_have_two_texts() =>
        Prop.ForAll(
            Gen.Elements(OddKeys).ListOf().Two().ToArbitrary(),
            pair =>
                Assert.Equal(
                    pair.Item1.SequenceEqual(pair.Item2, StringComparer.Ordinal),
                    new KeyPath([.. pair.Item1]).ToString() == new KeyPath([.. pair.Item2]).ToString()
                )
        );

    [Property(MaxTest = 2_000)]
    public Property Any_text_is_a_path_or_refused_with_a_reason() =>
        Prop.ForAll(
            Gen.Elements("[", "]", "\"", ".", "\\", "a", " ", "\\u0000", "\\ud800", "\0", "\ud800", "u", "\n")
                .ListOf()
                .Select(parts => string.Concat(parts))
                .ToArbitrary(),
            text =>
                Assert.NotEqual(KeyPath.TryParse(text, out var path, out var fault), path is null && fault is not null)
        );

    [Theory]
    [InlineData("", "[]")]
    [InlineData("a", """["a"]""")]
    [InlineData("telemetry.interval", """["telemetry","interval"]""")]
    [InlineData("rack.at.0", """["rack","at","0"]""")]
    [InlineData("a[\"b.c\"].d", """["a","b.c","d"]""")]
    [InlineData("[\"b.c\"].d", """["b.c","d"]""")]
    [InlineData("a[\"\"][\"x y\"]", """["a","","x y"]""")]
    [InlineData("[\"say \\\"hi\\\"\"]", """["say \"hi\""]""")]
    [InlineData("[\"\\u0007\"]", """["\u0007"]""")]
    [InlineData("[\"o'clock\"]", """["o'clock"]""")]
    public void A_path_is_written_and_read_like_this(string text, string keys)
    {
        var expected = JsonSerializer.Deserialize<string[]>(keys)!;

        Assert.Equal(text, new KeyPath(expected).ToString());
        Assert.True(KeyPath.TryParse(text, out var path, out _));
        Assert.Equal(expected, path.Keys);
    }

    [Theory]
    [InlineData("my key.o'clock", """["my key","o'clock"]""")]
    [InlineData("[\"a\"].b", """["a","b"]""")]
    [InlineData("a[\"\\u0062\"]", """["a","b"]""")]
    public void A_path_is_also_read_where_it_is_written_otherwise(string text, string keys)
    {
        Assert.True(KeyPath.TryParse(text, out var path, out _));
        Assert.Equal(JsonSerializer.Deserialize<string[]>(keys)!, path.Keys);
    }

    [Theory]
    [InlineData(".", 1)]
    [InlineData(".a", 1)]
    [InlineData("a.", 3)]
    [InlineData("a..b", 3)]
    [InlineData("a.[\"b\"]", 3)]
    [InlineData("a[0]", 2)]
    [InlineData("a['b']", 2)]
    [InlineData("a[\"b\"", 2)]
    [InlineData("a[\"b]", 2)]
    [InlineData("a[\"b\\\"]", 2)]
    [InlineData("a[\"b\"]c", 7)]
    [InlineData("a]", 2)]
    [InlineData("a\"b", 2)]
    [InlineData("[", 1)]
    [InlineData("[\"", 1)]
    [InlineData("[\"\\x\"]", 1)]
    [InlineData("[\"\\u0000\"]", 1)]
    [InlineData("[\"\\ud800\"]", 1)]
    [InlineData("a.b\0", 3)]
    public void What_is_no_path_is_refused_at_its_character(string text, int character)
    {
        Assert.False(KeyPath.TryParse(text, out _, out var fault));
        Assert.StartsWith($"This is no path from character {character} on: ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_key()
    {
        Assert.False(KeyPath.TryParse("a.\ud83d", out _, out _));
        Assert.False(KeyPath.TryParse("[\"\ud83d\"]", out _, out _));
        Assert.True(KeyPath.TryParse("a.\ud83d\ude00", out _, out _));
    }

    private static bool IsStorable(string key) =>
        !key.Contains('\0', StringComparison.Ordinal)
        && !key.Where((letter, at) => char.IsSurrogate(letter) && !IsPaired(key, at)).Any();

    private static bool IsPaired(string key, int at) =>
        (at + 1 < key.Length && char.IsSurrogatePair(key, at)) || (at > 0 && char.IsSurrogatePair(key, at - 1));
}
