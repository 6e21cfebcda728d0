using System.IO.Pipelines;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Writes Server-Sent Events, one at a time, each handed on at once.</summary>
internal sealed class EventStreamWriter(
    PipeWriter body,
    IGraphQLSerializer serializer,
    TimeSpan sendTimeout,
    TimeProvider clock
) : IDisposable
{
    // A reader that is not reading must not hold up the service's stop for long.
    private static readonly TimeSpan ClosingGrace = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Writes one result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="cancellationToken">Ends the wait for the reader.</param>
    /// <exception cref="TimeoutException">The reader took nothing for <c>graphql.send.timeout</c>.</exception>
    public async Task NextAsync(ExecutionResult result, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        text.Write("event: next\ndata: "u8);
        if (result is SharedResult shared)
        {
            text.Write(shared.Text.Span);
        }
        else
        {
            await serializer.WriteAsync(text, result, cancellationToken);
        }

        text.Write("\n\n"u8);
        await WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), sendTimeout, cancellationToken);
    }

    /// <summary>Writes the end of the operation. The empty data makes a browser's EventSource deliver it.</summary>
    /// <param name="cancellationToken">Ends the wait for the reader.</param>
    /// <exception cref="TimeoutException">The reader took nothing for two seconds.</exception>
    public Task CompleteAsync(CancellationToken cancellationToken) =>
        WriteAsync("event: complete\ndata:\n\n"u8.ToArray(), ClosingGrace, cancellationToken);

    /// <summary>Writes a comment, which readers skip: it shows that the stream is alive.</summary>
    /// <param name="cancellationToken">Ends the wait for the reader.</param>
    /// <exception cref="TimeoutException">The reader took nothing for <c>graphql.send.timeout</c>.</exception>
    public Task CommentAsync(CancellationToken cancellationToken) =>
        WriteAsync(":\n\n"u8.ToArray(), sendTimeout, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => turn.Dispose();

    private async Task WriteAsync(ReadOnlyMemory<byte> text, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await body.WriteAsync(text, cancellationToken).AsTask().WaitAsync(timeout, clock, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }
}
