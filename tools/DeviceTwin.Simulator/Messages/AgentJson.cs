using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DeviceTwin.Simulator;

/// <summary>
/// JSON as the Go agents write it (a field with its zero value is left out, Go's <c>omitempty</c>) and read it (names match
/// without regard to case, unknown fields are ignored).
/// </summary>
[JsonSerializable(typeof(AgentAction))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(DeviceResult))]
[JsonSerializable(typeof(ServerResult))]
[JsonSerializable(typeof(ListResult))]
[JsonSerializable(typeof(SnapResult))]
[JsonSerializable(typeof(SnapResult[]))]
[JsonSerializable(typeof(ServicesData))]
[JsonSerializable(typeof(UploadData))]
[JsonSerializable(typeof(UserData))]
internal sealed partial class AgentJson : JsonSerializerContext
{
    /// <summary>The context to use; <see cref="Default"/> does not know Go's ways.</summary>
    public static AgentJson Wire { get; } =
        new(
            new JsonSerializerOptions
            {
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                PropertyNameCaseInsensitive = true,
                PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            }
        );
}
