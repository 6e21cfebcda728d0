using System.Globalization;
using System.Text.Json;
using DeviceTwin.Simulator;

namespace DeviceTwin.Bench.Soak;

/// <summary>JSON of the kinds that stopped services like ours: see issue lists of MQTT brokers, JSON parsers and jsonb. All of it is ASCII.</summary>
/// <param name="chance">Chooses.</param>
internal sealed class HostileValues(Chance chance)
{
    private static readonly string[] Fixed =
    [
        "1e99999999999",
        "-1e99999999999",
        "1e-99999999999",
        "1e400",
        "-0",
        "12345678901234567890123",
        new string('9', 250_000),
        "0." + new string('3', 250_000),
        """{"id":557236406134e62000323100}""",
        """{"a":1,"a":2}""",
        """{"a":{"b":1,"b":{"c":2}}}""",
        "\"\\ud800\"",
        """{"\udc00":1}""",
        "\"\\u0000\"",
        """{"\u0000":"\u0000"}""",
        """{"a.b":1,"a":{"b":2},"":{"[":"\""}}""",
        $"[{string.Join(',', Enumerable.Repeat("1e131000", 900))}]",
        $"\"{new string('x', 500_000)}\"",
        $"{{\"{new string('k', 100_000)}\":1}}",
        "[]",
        "null",
        "true",
        "\"2026-02-30T25:61:61Z\"",
    ];

    private static readonly string[] Instants =
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "2026-02-30T00:00:00Z",
        "2026-06-30T23:59:60Z",
        "1970-01-01T00:00:00.123456789+14:00",
        "-2026-01-01T00:00:00Z",
        "now",
        "",
    ];

    private static readonly string[] Garbage =
    [
        "",
        "{",
        "[]",
        "null",
        "\"text\"",
        "7",
        "\0\0\0",
        """{"orgId":7,"deviceId":[],"refresh":{}}""",
        """{"orgId":"soak"}""",
        """{"id":557236406134e62000323100}""",
        """{"id":null,"action":7,"success":"yes","result":{}}""",
        """{"id":"\ud800","action":"list","success":true,"result":[null]}""",
    ];

    /// <summary>One JSON value.</summary>
    public string Json() => chance.Below(Fixed.Length + 3) is var kind && kind < Fixed.Length ? Fixed[kind] : Nested();

    /// <summary>One instant of a heartbeat, or a text that is none.</summary>
    public string Instant() => chance.Pick(Instants);

    /// <summary>What is no message on any topic.</summary>
    public string NoMessage() => chance.Pick(Garbage);

    /// <summary>A heartbeat that is understood, with an odd instant and hashes that ask for a list.</summary>
    public string Heartbeat(string deviceId) =>
        $$"""{"orgId":"{{SoakOptions.Organization}}","deviceId":"{{deviceId}}","refresh":{{JsonSerializer.Serialize(Instant())}},"snapListHash":"{{chance.Below(int.MaxValue)}}"}""";

    /// <summary>A patch on the reported properties.</summary>
    public string Patch() => $$"""{"patch":{"a":{{Json()}},"b":{"c":{{Json()}} } } }""";

    /// <summary>The answer to an action: success, with a result that is odd; a list holds snaps whose config is odd.</summary>
    public string Answer(string actionId, string action)
    {
        var result = action == "list" ? $"[{string.Join(',', Enumerable.Range(0, 5).Select(Snap))}]" : Json();
        return $$"""{"id":{{JsonSerializer.Serialize(actionId)}},"action":"{{action}}","success":true,"message":"","result":{{result}}}""";
    }

    private string Snap(int number) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"name":"odd-{{number}}","installedSize":1,"status":"active","channel":"latest/stable","version":"1","revision":1,"config":{{JsonSerializer.Serialize(Json())}},"services":[]}"""
        );

    // 58 to 70 levels: about where parsers and writers stop.
    private string Nested()
    {
        var levels = 58 + chance.Below(13);
        return chance.Below(2) == 0
            ? string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels)
            : new string('[', levels) + new string(']', levels);
    }
}
