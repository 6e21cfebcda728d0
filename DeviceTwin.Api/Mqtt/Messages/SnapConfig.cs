using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>A snap's configuration: JSON that travels as a text inside JSON.</summary>
internal static class SnapConfig
{
    /// <summary>Gives back the configuration in canonical form; null where there is none.</summary>
    /// <param name="text">The field <c>config</c>.</param>
    /// <exception cref="MalformedMessageException">It cannot be kept; the reason names the place and holds no value.</exception>
    public static string? Read(string text) =>
        text.Length == 0 ? null
        : CanonicalJson.TryRead(text, ValueRules.SnapConfig, out var canonical, out var fault) ? canonical
        : throw new MalformedMessageException($"config cannot be kept: {fault.Message}");
}
