using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Data.Values;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Writes what devices hear on the twin topics.</summary>
internal static class TwinMessages
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The merged desired properties, for the broker to retain; an empty payload takes away what it retains for a deleted twin.</summary>
    public static MqttApplicationMessage Desired(OutgoingDocument document)
    {
        var message = Create($"devices/twin/{document.DeviceId}/desired", []);
        message.Retain = true;
        if (document.Properties is { } properties)
        {
            message.PayloadSegment = Write(writer =>
            {
                writer.WriteNumber("version", document.Version);
                writer.WritePropertyName("properties");
                StoredJson.Read(properties).WriteTo(writer);
            });
        }

        return message;
    }

    /// <summary>What became of a patch.</summary>
    public static MqttApplicationMessage Answer(string deviceId, ReportedOutcome outcome) =>
        outcome.Refusal is not { } refusal
            ? Create(
                $"devices/twin/{deviceId}/reported/accepted",
                Write(writer => writer.WriteNumber("version", outcome.Version))
            )
            : Create(
                $"devices/twin/{deviceId}/reported/rejected",
                Write(writer =>
                {
                    writer.WriteString("code", refusal.Code);
                    writer.WriteString("message", refusal.Message);
                    writer.WriteNumber("version", outcome.Version);
                })
            );

    /// <summary>The whole twin, on request.</summary>
    public static MqttApplicationMessage State(string deviceId, TwinDocument twin) =>
        Create(
            $"devices/twin/{deviceId}/get/accepted",
            Write(writer =>
            {
                writer.WritePropertyName("desired");
                twin.Desired.WriteTo(writer);
                writer.WriteNumber("desiredVersion", twin.DesiredVersion);
                writer.WritePropertyName("reported");
                twin.Reported.WriteTo(writer);
                writer.WriteNumber("reportedVersion", twin.ReportedVersion);
                writer.WriteStartArray("drift");
                foreach (var entry in twin.Drift)
                {
                    writer.WriteStartObject();
                    writer.WriteString("path", entry.Path);
                    WriteValue(writer, "desired", entry.Desired);
                    WriteValue(writer, "reported", entry.Reported);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            })
        );

    private static void WriteValue(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        writer.WritePropertyName(name);
        if (value is { } known)
        {
            known.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static ArraySegment<byte> Write(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static MqttApplicationMessage Create(string topic, ArraySegment<byte> payload) =>
        new()
        {
            Topic = topic,
            PayloadSegment = payload,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
}
