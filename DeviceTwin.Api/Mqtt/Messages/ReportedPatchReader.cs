using System.Buffers;
using System.Text.Json;
using DeviceTwin.Api.Twins.Reporting;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>Reads what devices report of their own properties.</summary>
internal static class ReportedPatchReader
{
    /// <summary>Reads a patch; what it holds is not looked at.</summary>
    /// <param name="deviceId">The device, as the topic names it.</param>
    /// <param name="payload">UTF-8 JSON.</param>
    /// <exception cref="MalformedMessageException">It is no message with a patch.</exception>
    public static ReportedPatch Read(string deviceId, ReadOnlySequence<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, JsonText.AnyDepth);
            var fields = new JsonFields(document.RootElement, "the payload");
            return fields.Get("patch") is { } patch
                ? new ReportedPatch(deviceId, patch.Clone(), ReadVersion(fields))
                : throw new MalformedMessageException("patch is missing");
        }
        catch (JsonException)
        {
            throw new MalformedMessageException("the payload is not a JSON object");
        }
    }

    private static int? ReadVersion(JsonFields fields) =>
        fields.Get("version") is not { } version ? null
        : version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) && number >= 0 ? number
        : throw new MalformedMessageException("version is not a version: a whole number from 0");
}
