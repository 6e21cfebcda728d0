using System.Text;

namespace DeviceTwin.Tests.Mqtt.Messages;

/// <summary>Messages that agents could have sent, with up to three faults in each.</summary>
public static class MutatedMessages
{
    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            """{"orgId":"abc","deviceId":"c333","refresh":"2026-11-23T09:30:00.123456789Z","snapListHash":"9f2c","installedSnapsHash":"77ab"}""",
            """{"id":"1","action":"device","success":true,"result":{"orgId":"abc","deviceId":"c333","brand":"b","model":"m","version":{"version":"2","onClassic":false}}}""",
            """{"id":"1","action":"list","success":true,"version":"2","result":{"snapListHash":"h","snaps":[{"name":"a","revision":2147483647,"installedSize":9,"config":"{\"a\":[1,\"\\u0041\"]}","services":[{"name":"x","active":true}]},{"name":"b","installedDate":"2026-01-02T03:04:05Z"}]}}""",
            """{"id":"1","action":"conf","success":true,"result":{"name":"a","config":"{\"k\":{\"l\":null}}"}}""",
            """{"id":"1","action":"install","success":true,"result":"100","message":"\ud83d\ude00"}""",
            """{"patch":{"telemetry":{"interval":30,"fast":null},"ports":[1,null,{"a":1e2}]},"version":3}""",
            "memory,device=c333 total=8345640960i,used=2345640960,usedpc=28.106 17638902000\ncpu,device=c333 user=1.5,note=\"a b\"",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly byte[][] Splices =
    [
        .. new[]
        {
            "null",
            "\"",
            "{",
            "}",
            "[",
            "\\u0000",
            "\\ud800",
            "1e999",
            "-",
            ",",
            ":",
            "\\",
            "\0",
            "9999999999999999999",
            "é",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Another message.</summary>
    /// <param name="random">The same seed gives the same messages.</param>
    public static byte[] Next(Random random)
    {
        var bytes = new List<byte>(Seeds[random.Next(Seeds.Length)]);
        for (var changes = random.Next(4); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Splices[random.Next(Splices.Length)]);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
