using System.Text;
using System.Text.Json;
using GraphQL;
using GraphQL.Transport;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>The messages of <c>graphql-transport-ws</c> as the service sends them.</summary>
internal sealed class SocketFrames(IGraphQLTextSerializer serializer)
{
    /// <summary>The client may start operations.</summary>
    public static byte[] ConnectionAck { get; } = """{"type":"connection_ack"}"""u8.ToArray();

    /// <summary>Is the client there?</summary>
    public static byte[] Ping { get; } = """{"type":"ping"}"""u8.ToArray();

    /// <summary>The service is there.</summary>
    /// <param name="payload">What came with the ping.</param>
    public byte[] Pong(JsonElement? payload) => Serialize(new OperationMessage { Type = "pong", Payload = payload });

    /// <summary>A result.</summary>
    /// <param name="id">The operation.</param>
    /// <param name="result">The result.</param>
    public byte[] Next(string id, ExecutionResult result) =>
        result is SharedResult shared
            ? Next(id, shared.Text.Span)
            : Serialize(
                new OperationMessage
                {
                    Id = id,
                    Type = "next",
                    Payload = result,
                }
            );

    /// <summary>The operation has ended because of errors.</summary>
    /// <param name="id">The operation.</param>
    /// <param name="errors">The errors.</param>
    public byte[] Error(string id, ExecutionErrors errors) =>
        Serialize(
            new OperationMessage
            {
                Id = id,
                Type = "error",
                Payload = errors,
            }
        );

    /// <summary>The operation has ended.</summary>
    /// <param name="id">The operation.</param>
    public byte[] Complete(string id) => Serialize(new OperationMessage { Id = id, Type = "complete" });

    private static byte[] Next(string id, ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> encodedId = JsonEncodedText.Encode(id).EncodedUtf8Bytes;
        return [.. "{\"type\":\"next\",\"id\":\""u8, .. encodedId, .. "\",\"payload\":"u8, .. payload, (byte)'}'];
    }

    private byte[] Serialize(OperationMessage message) => Encoding.UTF8.GetBytes(serializer.Serialize(message));
}
