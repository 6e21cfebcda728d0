namespace DeviceTwin.Api.GraphQL.Engine.Paging;

/// <summary>One page of a list: what a connection is made of.</summary>
/// <typeparam name="T">A row, or what was made of it.</typeparam>
public sealed class Page<T>
{
    private readonly Func<CancellationToken, Task<bool>> _hasNext;
    private readonly Func<CancellationToken, Task<bool>> _hasPrevious;
    private readonly Func<CancellationToken, Task<int>> _count;

    internal Page(
        IReadOnlyList<PageRow<T>> rows,
        Func<CancellationToken, Task<bool>> hasNext,
        Func<CancellationToken, Task<bool>> hasPrevious,
        Func<CancellationToken, Task<int>> count
    )
    {
        Rows = rows;
        _hasNext = hasNext;
        _hasPrevious = hasPrevious;
        _count = count;
    }

    /// <summary>The rows with their cursors, in the list's order.</summary>
    public IReadOnlyList<PageRow<T>> Rows { get; }

    /// <summary>The rows.</summary>
    public IReadOnlyList<T> Nodes => [.. Rows.Select(row => row.Node)];

    /// <summary>Where the page stands in its list.</summary>
    public PageInfo PageInfo =>
        new(_hasNext, _hasPrevious, Rows.Count == 0 ? null : Rows[0].Cursor, Rows.Count == 0 ? null : Rows[^1].Cursor);

    /// <summary>Counts the whole list: a statement of its own.</summary>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public Task<int> CountAsync(CancellationToken cancellationToken) => _count(cancellationToken);

    /// <summary>The same page of something that is made of the rows.</summary>
    /// <param name="select">Makes it, e.g. a GraphQL type of an entity.</param>
    public Page<TResult> Select<TResult>(Func<T, TResult> select) =>
        new(
            [.. Rows.Select(row => new PageRow<TResult>(row.Cursor, select(row.Node)))],
            _hasNext,
            _hasPrevious,
            _count
        );
}

/// <summary>A row of a page.</summary>
/// <param name="Cursor">Stands for the row's place in the list.</param>
/// <param name="Node">The row.</param>
/// <typeparam name="T">The row.</typeparam>
public sealed record PageRow<T>(string Cursor, T Node);
