using System.Text.Json;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.Filters;
using DeviceTwin.Api.GraphQL.Engine.InputObjects;
using DeviceTwin.Api.GraphQL.Engine.Loading;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using GraphQL;
using GraphQL.DataLoader;
using GraphQL.Types;

namespace DeviceTwin.Tests.GraphQL.Engine.TestSchema;

/// <summary>A thing with an id and with itself inside.</summary>
[Implements(typeof(INode))]
public sealed record Thing(string Key) : INode
{
    [Id]
    public string Id => GlobalId.Encode("Thing", Key);

    public Thing Self => this;

    public IReadOnlyList<Thing> Parts => [this, this];

    /// <summary>A list with a page.</summary>
    public IReadOnlyList<Thing> Pieces(int? first = 50) => [.. Enumerable.Repeat(this, first ?? 0)];

    public IDataLoaderResult<string?> Label([FromServices] LabelLoader labels) => labels.Load(Key);

    public IDataLoaderResult<IReadOnlyList<string>> Words([FromServices] WordLoader words) => words.Load(Key);

    public IDataLoaderResult<string?> Broken([FromServices] BrokenLoader broken) => broken.Load(Key);
}

public sealed class Fetches
{
    public List<IReadOnlyList<string>> Labels { get; } = [];
    public List<IReadOnlyList<string>> Words { get; } = [];
}

public sealed class LabelLoader(Fetches fetches) : BatchLoader<string, string>
{
    protected override Task<IReadOnlyDictionary<string, string>> FetchAsync(
        IReadOnlyList<string> keys,
        CancellationToken cancellationToken
    )
    {
        fetches.Labels.Add(keys);
        return Task.FromResult<IReadOnlyDictionary<string, string>>(
            keys.Where(key => key != "unlabelled").ToDictionary(key => key, key => $"label of {key}")
        );
    }
}

public sealed class WordLoader(Fetches fetches) : ListLoader<string, string>
{
    protected override Task<ILookup<string, string>> FetchAsync(
        IReadOnlyList<string> keys,
        CancellationToken cancellationToken
    )
    {
        fetches.Words.Add(keys);
        return Task.FromResult(
            keys.SelectMany(key => Enumerable.Range(0, key.Length % 3).Select(n => (key, word: $"{key}{n}")))
                .ToLookup(pair => pair.key, pair => pair.word)
        );
    }
}

public sealed class BrokenLoader : BatchLoader<string, string>
{
    protected override Task<IReadOnlyDictionary<string, string>> FetchAsync(
        IReadOnlyList<string> keys,
        CancellationToken cancellationToken
    ) => throw new InvalidOperationException("the loader's secret");
}

public sealed class ThingResolver : INodeResolver
{
    public string TypeName => "Thing";

    public Task<IReadOnlyDictionary<GlobalId, INode>> ResolveAsync(
        IReadOnlyList<GlobalId> ids,
        IResolveFieldContext context,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyDictionary<GlobalId, INode>>(
            ids.Where(id => id.Parts[0] != "gone").ToDictionary(id => id, INode (id) => new Thing(id.Parts[0]))
        );
}

public sealed record BooksEdge(string Cursor, Book Node);

public sealed class BooksConnection(Page<Book> page)
{
    public IReadOnlyList<Book> Nodes => page.Nodes;

    public IReadOnlyList<BooksEdge> Edges => [.. page.Rows.Select(row => new BooksEdge(row.Cursor, row.Node))];

    public PageInfo PageInfo => page.PageInfo;

    public Task<int> TotalCountAsync(CancellationToken cancellationToken) => page.CountAsync(cancellationToken);
}

public sealed class GenreOperationFilterInput : EnumOperationFilterInput<Genre>;

public sealed class BookFilterInput : FilterInput
{
    public IReadOnlyList<BookFilterInput>? And { get; init; }
    public IReadOnlyList<BookFilterInput>? Or { get; init; }
    public StringOperationFilterInput? Title { get; init; }
    public StringOperationFilterInput? Subtitle { get; init; }
    public IntOperationFilterInput? Pages { get; init; }
    public IntOperationFilterInput? Rating { get; init; }
    public DateTimeOperationFilterInput? PublishedAt { get; init; }
    public DateTimeOperationFilterInput? ReadAt { get; init; }
    public GenreOperationFilterInput? Genre { get; init; }
    public GenreOperationFilterInput? SecondGenre { get; init; }
    public BooleanOperationFilterInput? Lent { get; init; }

    public System.Linq.Expressions.Expression<Func<Book, bool>> ToPredicate() =>
        Predicates.And(
            new[]
            {
                And is null ? null : Predicates.And(And.Select(part => part.ToPredicate())),
                Or is null ? null : Predicates.Or(Or.Select(part => part.ToPredicate())),
                Title?.ToPredicate<Book>(book => book.Title),
                Subtitle?.ToPredicate<Book>(book => book.Subtitle),
                Pages?.ToPredicate<Book>(book => book.Pages),
                Rating?.ToPredicate<Book>(book => book.Rating),
                PublishedAt?.ToPredicate<Book>(book => book.PublishedAt),
                ReadAt?.ToPredicate<Book>(book => book.ReadAt),
                Genre?.ToPredicate<Book>(book => book.Genre),
                SecondGenre?.ToPredicate<Book>(book => book.SecondGenre),
                Lent?.ToPredicate<Book>(book => book.Lent),
            }.OfType<System.Linq.Expressions.Expression<Func<Book, bool>>>()
        );
}

public sealed class BookSortInput : SortInput
{
    public SortDirection? Title { get; init; }
    public SortDirection? ReadAt { get; init; }

    private static readonly SortKey<Book> ById = SortKey.Of<Book, long>("id", book => book.Id);
    private static readonly SortKey<Book> ByTitle = SortKey.Of<Book, string>("title", book => book.Title);
    private static readonly SortKey<Book> ByReadAt = SortKey.OfNullable<Book, DateTime?>("readAt", book => book.ReadAt);

    public static KeysetOrder<Book> OrderOf(IReadOnlyList<BookSortInput>? order) =>
        new([.. (order ?? []).SelectMany(part => part.Keys()), ById]);

    private IEnumerable<SortKey<Book>> Keys()
    {
        if (Title is { } title)
        {
            yield return ByTitle.In(title);
        }
        if (ReadAt is { } readAt)
        {
            yield return ByReadAt.In(readAt);
        }
    }
}

public sealed class GivenInput : SuppliedInput
{
    public string? Name { get; init; }
    public int? IfVersion { get; init; }
    public JsonElement? Config { get; init; }

    [System.ComponentModel.DefaultValue(7)]
    public int? Count { get; init; }
}

public sealed record RenameInput(string Name, JsonElement Patch);

public sealed record RenamePayload(
    Thing? Thing,
    [property: OutputType(typeof(ListGraphType<NonNullGraphType<RenameErrorType>>))] IReadOnlyList<IError>? Errors
);

/// <summary>Why a thing was not renamed.</summary>
public sealed class RenameErrorType : UnionGraphType
{
    public RenameErrorType()
    {
        Name = "RenameError";
        Type<AutoRegisteringObjectGraphType<ThingNotFoundError>>();
        Type<AutoRegisteringObjectGraphType<BadNameError>>();
    }
}

[Implements(typeof(IError))]
public sealed record ThingNotFoundError(string Message, string Name) : IError;

[Implements(typeof(IError))]
public sealed record BadNameError(string Message) : IError;

/// <summary>A tick of the clock.</summary>
public sealed record Tick(int Number, Thing Thing)
{
    public string Late => Number == 2 ? throw new InvalidOperationException("the event's secret") : "no";
}
