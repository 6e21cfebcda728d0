using System.Text.Json;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>A message of <c>graphql-transport-ws</c> as a client sends it.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Id">The operation it speaks of; empty where it speaks of none.</param>
/// <param name="Payload">What it carries, an object, or nothing.</param>
internal sealed record SocketMessage(string Type, string Id, JsonElement? Payload)
{
    /// <summary>Reads a message.</summary>
    /// <param name="utf8">The text.</param>
    /// <exception cref="SocketProtocolException">The protocol does not know such a message.</exception>
    public static SocketMessage Parse(ReadOnlySpan<byte> utf8)
    {
        JsonElement root;
        try
        {
            root = StrictJson.Parse(utf8);
        }
        catch (JsonException)
        {
            throw Bad("A message has to be valid JSON");
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Bad("A message has to be a JSON object");
        }

        string type = Text(root, "type") ?? throw Bad("A message needs a `type`, a string");
        // What is wrong within an operation is the operation's own error; it must not end the others.
        if (type != "subscribe" && StrictJson.Check(root) is { } fault)
        {
            throw Bad(fault.Message);
        }

        JsonElement? payload = PayloadOf(root);
        return type switch
        {
            "connection_init" or "ping" or "pong" => new(type, string.Empty, payload),
            "complete" => new(type, IdOf(root), payload),
            "subscribe" => new(type, IdOf(root), payload ?? throw Bad("`subscribe` needs a `payload`")),
            _ => throw Bad($"Unknown message type {type}"),
        };
    }

    private static string IdOf(JsonElement root) =>
        Text(root, "id") is { Length: > 0 } id ? id : throw Bad("The message needs an `id`, a non-empty string");

    private static JsonElement? PayloadOf(JsonElement root) =>
        !root.TryGetProperty("payload", out JsonElement payload) || payload.ValueKind == JsonValueKind.Null ? null
        : payload.ValueKind == JsonValueKind.Object ? payload
        : throw Bad("`payload` has to be an object");

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
        && StrictJson.Check(value) is null
            ? value.GetString()
            : null;

    private static SocketProtocolException Bad(string reason) => new(SocketClosure.BadMessage(reason));
}
