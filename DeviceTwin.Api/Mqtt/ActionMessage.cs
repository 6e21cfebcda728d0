using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using DeviceTwin.Api.Twins;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Writes an action as its device reads it: empty fields are left out, as Go's encoder does.</summary>
internal static class ActionMessage
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The message for the device's own topic.</summary>
    public static MqttApplicationMessage Create(OutgoingAction action)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("id", action.ActionId);
            writer.WriteString("action", action.Kind.ToProtocol());
            WriteUnlessEmpty(writer, "snap", action.Snap);
            WriteUnlessEmpty(writer, "data", action.Data);
            writer.WriteEndObject();
        }

        return new MqttApplicationMessage
        {
            Topic = $"devices/sub/{action.DeviceId}",
            PayloadSegment = new ArraySegment<byte>(buffer.WrittenSpan.ToArray()),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.WriteString(name, value);
        }
    }
}
