using GraphQL;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>A result without errors that goes to many readers, and was serialized once for all of them.</summary>
/// <param name="text">The result as JSON in UTF-8; nobody changes it any more.</param>
public sealed class SharedResult(ReadOnlyMemory<byte> text) : ExecutionResult
{
    /// <summary>The result as JSON in UTF-8.</summary>
    public ReadOnlyMemory<byte> Text => text;
}
