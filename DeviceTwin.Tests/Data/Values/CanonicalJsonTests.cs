using DeviceTwin.Data.Values;

namespace DeviceTwin.Tests.Data.Values;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{"bb":1,"c":2,"a":{"é":1,"zz":2,"y":3}}""", """{"a":{"y":3,"zz":2,"é":1},"c":2,"bb":1}""")]
    [InlineData(""" [ 1 , "a\/b\u0041\n" , null , true ] """, """[1,"a/bA\n",null,true]""")]
    [InlineData("\"text\"", "\"text\"")]
    [InlineData("null", "null")]
    [InlineData("{}", "{}")]
    public void A_value_has_one_form(string json, string expected) => Assert.Equal(expected, Read(json));

    [Theory]
    [InlineData("{", "$", "it is not JSON.")]
    [InlineData("", "$", "it is not JSON.")]
    [InlineData("""{"a":1}x""", "$", "it is not JSON.")]
    [InlineData("""{"a":{"b":1,"b":1}}""", "$.a.b", "the key is there twice.")]
    [InlineData("""{"a":[0,{"\u0062":1,"b":2}]}""", "$.a[1].b", "the key is there twice.")]
    [InlineData("""{"a.b":["\u0000"]}""", "$[\"a.b\"][0]", "the text holds U+0000, which cannot be stored.")]
    [InlineData(
        """{"\ud800":1}""",
        "$[\"\\ud800\"]",
        "the key is not valid Unicode (half of a surrogate pair, or malformed UTF-8)."
    )]
    [InlineData(
        """["\udc00\ud800"]""",
        "$[0]",
        "the text is not valid Unicode (half of a surrogate pair, or malformed UTF-8)."
    )]
    [InlineData("""{"a":1e309}""", "$.a", "the number is beyond the range of a double (about 1.8e308).")]
    public void A_fault_names_its_place(string json, string path, string reason)
    {
        Assert.False(CanonicalJson.TryRead(json, ValueRules.Strict, out _, out var fault));
        Assert.Equal((path, reason), (fault!.Path, fault.Reason));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_that_is_not_escaped_is_found_where_it_is()
    {
        var json = $"{{\"a\":[\"x{'\udc00'}\"]}}";

        Assert.False(CanonicalJson.TryRead(json, ValueRules.Strict, out _, out var fault));
        Assert.Equal("$.a[0]", fault!.Path);
    }

    [Fact]
    public void A_snaps_configuration_may_name_a_key_twice_and_the_last_one_counts()
    {
        Assert.True(
            CanonicalJson.TryRead("""{"a":1,"b":{"c":1,"c":[2]},"a":3}""", ValueRules.SnapConfig, out var json, out _)
        );
        Assert.Equal("""{"a":3,"b":{"c":[2]}}""", json);
    }

    [Theory]
    [InlineData("[", "]", 64)]
    [InlineData("""{"a":""", "}", 64)]
    public void A_value_nests_64_levels(string open, string close, int most)
    {
        Assert.NotNull(Read(Nested(most)));
        Assert.False(CanonicalJson.TryRead(Nested(most + 1), ValueRules.Strict, out _, out var fault));
        Assert.Equal("it nests more than 64 levels deep.", fault!.Reason);
        Assert.False(CanonicalJson.TryRead(Nested(100_000), ValueRules.Strict, out _, out fault));
        Assert.InRange(fault!.Path.Length, 1, 300);

        string Nested(int levels) =>
            string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));
    }

    [Fact]
    public void The_size_is_measured_in_the_form_in_which_a_value_leaves()
    {
        var small = $"[{string.Join(',', Enumerable.Repeat("1e308", 3_000))}]";
        var large = $"[{string.Join(',', Enumerable.Repeat("1e308", 200_000))}]";

        Assert.Equal((3_000 * 310) + 1, Read(small).Length);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(CanonicalJson.TryRead(large, ValueRules.Strict, out _, out var fault));
        Assert.True(fault!.IsTooLarge);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 20_000_000);
    }

    [Fact]
    public void The_path_of_a_fault_is_bounded_and_storable()
    {
        var key = new string('\u00fc', 10_000);
        Assert.False(
            CanonicalJson.TryRead($$"""{"{{key}}":{"{{key}}":1e999} }""", ValueRules.Strict, out _, out var fault)
        );

        Assert.InRange(fault!.Message.Length, 1, 500);
        Assert.True(ValueText.IsStorable(fault.Message));
    }

    private static string Read(string json)
    {
        Assert.True(CanonicalJson.TryRead(json, ValueRules.Strict, out var canonical, out var fault), fault?.Message);
        return canonical!;
    }
}
