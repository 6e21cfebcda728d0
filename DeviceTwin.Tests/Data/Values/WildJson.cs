using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace DeviceTwin.Tests.Data.Values;

/// <summary>Random JSON texts of the kinds that programs read differently: odd numbers, keys twice, texts that no store holds, depth, size.</summary>
/// <param name="seed">The same seed gives the same.</param>
internal sealed class WildJson(int seed)
{
    // Few, so that keys come twice and values meet.
    private static readonly string[] Texts =
    [
        "a",
        "b",
        "B",
        "bb",
        "",
        " ",
        " 1",
        "1",
        "-1",
        "+1",
        "1 ",
        "01",
        "é",
        "\U0001F600",
        "\\ud83d\\ude00",
        "\\u00e9",
        "\\u0000",
        "\\ud800",
        "\\udc00x",
        "a.b",
        "\\\"",
        "\\\\",
        "\\u2028",
        "\uFFFD",
        "\uE000",
    ];

    private static readonly string[] Numbers =
    [
        "0",
        "-0",
        "0.0",
        "-0e5",
        "1",
        "1.0",
        "10e-1",
        "100",
        "1e2",
        "100.00",
        "0.1",
        "0.10",
        "1.5",
        "-1.5",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "9007199254740993.0",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "18446744073709551615",
        "100000000000000000000",
        "1e21",
        "1e308",
        "1.7976931348623157e308",
        "1e309",
        "-1e400",
        "5e-324",
        "1e-400",
        "1e99999999999",
        "1e-99999999999",
        "557236406134e62000323100",
        "0.1234567890123456789",
        "123456789012345678901234567890",
    ];

    private readonly Random _random = new(seed);

    /// <summary>Holds for whatever any seed gives.</summary>
    public static Property Always(Action<WildJson> holds) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => holds(new WildJson(seed)));

    public int Number(int below) => _random.Next(below);

    /// <summary>A text as it stands between a JSON string's quotes.</summary>
    public string Text() => Texts[Number(Texts.Length)];

    /// <summary>An object, now and then very deep or with very many digits.</summary>
    public string Object()
    {
        var inner = Number(20) switch
        {
            0 => Nested(55 + Number(15)),
            1 => new string('7', 300 + Number(300)),
            2 => $"[{string.Join(',', Enumerable.Repeat("1e308", Number(200)))}]",
            _ => Value(3),
        };
        return $$"""{"{{Text()}}":{{inner}},"{{Text()}}":{{Value(3)}}}""";
    }

    public string Value(int levels)
    {
        var json = new StringBuilder();
        Write(json, levels);
        return json.ToString();
    }

    private string Nested(int levels)
    {
        var (open, close) = Number(2) == 0 ? ("[", "]") : ("{\"a\":", "}");
        return string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));
    }

    private void Write(StringBuilder json, int levels)
    {
        switch (Number(levels > 0 ? 8 : 5))
        {
            case 0:
                json.Append(
                    Number(3) switch
                    {
                        0 => "null",
                        1 => "true",
                        _ => "false",
                    }
                );
                break;
            case 1:
                json.Append('"').Append(Text()).Append('"');
                break;
            case < 5:
                json.Append(Numbers[Number(Numbers.Length)]);
                break;
            case 5:
                Write(json, '[', ']', levels, "");
                break;
            default:
                Write(json, '{', '}', levels, null);
                break;
        }
    }

    private void Write(StringBuilder json, char open, char close, int levels, string? key)
    {
        json.Append(open);
        var count = Number(4);
        for (var place = 0; place < count; place++)
        {
            json.Append(place == 0 ? "" : ", ").Append(key ?? $"\"{Text()}\" : ");
            Write(json, levels - 1);
        }

        json.Append(close);
    }
}
