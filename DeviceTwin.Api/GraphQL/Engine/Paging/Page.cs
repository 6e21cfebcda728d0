namespace DeviceTwin.Api.GraphQL.Engine.Paging;

/// <summary>One page of a list: what a connection is made of.</summary>
/// <typeparam name="T">A row, or what was made of it.</typeparam>
public sealed class Page<T>
{
    private readonly Func<CancellationToken, Task<bool>> hasNext;
    private readonly Func<CancellationToken, Task<bool>> hasPrevious;
    private readonly Func<CancellationToken, Task<int>> count;

    internal Page(
        IReadOnlyList<PageRow<T>> rows,
        Func<CancellationToken, Task<bool>> hasNext,
        Func<CancellationToken, Task<bool>> hasPrevious,
        Func<CancellationToken, Task<int>> count
    )
    {
        Rows = rows;
        this.hasNext = hasNext;
        this.hasPrevious = hasPrevious;
        this.count = count;
    }

    /// <summary>A first page of rows that were read otherwise, e.g. those of many lists in one statement.</summary>
    /// <param name="rows">The list's first rows, one more than the page holds where there are more.</param>
    /// <param name="size">How many the page holds at most.</param>
    /// <param name="order">The order in which they were read.</param>
    internal static Page<T> First(IReadOnlyList<T> rows, int size, KeysetOrder<T> order) =>
        new(
            [.. rows.Take(size).Select(order.RowOf)],
            hasNext: _ => Task.FromResult(rows.Count > size),
            hasPrevious: _ => Task.FromResult(false),
            count: _ => throw new InvalidOperationException("Who reads many lists at once counts them at once.")
        );

    /// <summary>The rows with their cursors, in the list's order.</summary>
    public IReadOnlyList<PageRow<T>> Rows { get; }

    /// <summary>The rows.</summary>
    public IReadOnlyList<T> Nodes => [.. Rows.Select(row => row.Node)];

    /// <summary>Where the page stands in its list.</summary>
    public PageInfo PageInfo =>
        new(
            this.hasNext,
            this.hasPrevious,
            Rows.Count == 0 ? null : Rows[0].Cursor,
            Rows.Count == 0 ? null : Rows[^1].Cursor
        );

    /// <summary>Counts the whole list: a statement of its own.</summary>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public Task<int> CountAsync(CancellationToken cancellationToken) => this.count(cancellationToken);

    /// <summary>The same page of something that is made of the rows.</summary>
    /// <param name="select">Makes it, e.g. a GraphQL type of an entity.</param>
    public Page<TResult> Select<TResult>(Func<T, TResult> select) =>
        new([.. Rows.Select(row => row.Select(select))], this.hasNext, this.hasPrevious, this.count);
}

/// <summary>A row of a page.</summary>
/// <param name="node">The row.</param>
/// <param name="writeCursor">Writes the cursor of its place.</param>
/// <typeparam name="T">The row.</typeparam>
public sealed class PageRow<T>(T node, Func<string> writeCursor)
{
    /// <summary>Stands for the row's place in the list. Written only when it is asked for: most lists ask for one or none.</summary>
    public string Cursor => writeCursor();

    /// <summary>The row.</summary>
    public T Node => node;

    /// <summary>The same place, with something that is made of the row.</summary>
    internal PageRow<TResult> Select<TResult>(Func<T, TResult> select) => new(select(node), writeCursor);
}
