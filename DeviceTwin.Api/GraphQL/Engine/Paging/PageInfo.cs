namespace DeviceTwin.Api.GraphQL.Engine.Paging;

/// <summary>Where a page stands in its list.</summary>
public sealed class PageInfo
{
    private readonly Func<CancellationToken, Task<bool>> hasNext;
    private readonly Func<CancellationToken, Task<bool>> hasPrevious;

    internal PageInfo(
        Func<CancellationToken, Task<bool>> hasNext,
        Func<CancellationToken, Task<bool>> hasPrevious,
        string? startCursor,
        string? endCursor
    )
    {
        this.hasNext = hasNext;
        this.hasPrevious = hasPrevious;
        StartCursor = startCursor;
        EndCursor = endCursor;
    }

    /// <summary>The first row's cursor; null when the page is empty.</summary>
    public string? StartCursor { get; }

    /// <summary>The last row's cursor; null when the page is empty.</summary>
    public string? EndCursor { get; }

    /// <summary>Whether there are rows behind the page.</summary>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public Task<bool> HasNextPageAsync(CancellationToken cancellationToken) => this.hasNext(cancellationToken);

    /// <summary>Whether there are rows before the page.</summary>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public Task<bool> HasPreviousPageAsync(CancellationToken cancellationToken) => this.hasPrevious(cancellationToken);
}
