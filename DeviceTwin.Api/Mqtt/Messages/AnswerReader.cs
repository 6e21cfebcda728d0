using System.Buffers;
using System.Text.Json;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>Reads answers to actions; <c>result</c> takes the form that the answer's action gives it.</summary>
internal static class AnswerReader
{
    private const int MessageLimit = 64 * 1024;
    private const int NameLimit = 200;

    /// <summary>Reads an answer.</summary>
    /// <param name="deviceId">The device, as the topic names it.</param>
    /// <param name="payload">UTF-8 JSON.</param>
    /// <param name="receivedAt">When it was taken in (UTC).</param>
    /// <exception cref="MalformedMessageException">It is no answer.</exception>
    public static Answer Read(string deviceId, ReadOnlySequence<byte> payload, DateTime receivedAt)
    {
        if (payload.IsEmpty)
        {
            throw new MalformedMessageException("the payload is empty: the agent does not know the action");
        }

        try
        {
            using var document = JsonDocument.Parse(payload, JsonText.AnyDepth);
            return ReadObject(deviceId, document.RootElement, receivedAt);
        }
        catch (JsonException)
        {
            throw new MalformedMessageException("the payload is not a JSON object");
        }
    }

    private static Answer ReadObject(string deviceId, JsonElement root, DateTime receivedAt)
    {
        var fields = new JsonFields(root, "the payload");
        var actionId = Identifier.Checked(fields.Text("id", MessageLimit), "id");
        var action = fields.Text("action", NameLimit);
        var success = fields.Flag("success");
        var message = fields.RepairedText("message", MessageLimit);

        // A failed action's result is not applied, whatever it holds.
        var result = success ? fields.Get("result") : null;
        var kind = action.ToLowerInvariant();
        return new Answer(
            deviceId,
            actionId,
            action,
            success,
            result is { } told && TextResult(kind, told, fields) is { Length: > 0 } text ? text : message,
            result is { } value ? ReadResult(kind, value) : null,
            receivedAt
        );
    }

    private static AnswerResult? ReadResult(string action, JsonElement result) =>
        action switch
        {
            "device" or "unregister" => DeviceResultReader.ReadDevice(result),
            "server" => DeviceResultReader.ReadOperatingSystem(result),
            "list" => SnapReader.ReadList(result),
            "info" or "conf" => new SnapResult(SnapReader.Read(result)),
            _ => null,
        };

    // The actions that change snaps answer with snapd's change id, `user` may answer with a text. The others' results are no texts.
    private static string? TextResult(string action, JsonElement result, JsonFields fields) =>
        action switch
        {
            "device" or "unregister" or "server" or "list" or "info" or "conf" => null,
            "ack" or "logs" or "snapshot" when result.ValueKind != JsonValueKind.String => null,
            _ => fields.RepairedText("result", MessageLimit),
        };
}
