using System.Runtime.CompilerServices;
using System.Text.Json;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using GraphQL;

namespace DeviceTwin.Tests.GraphQL.Engine.TestSchema;

[Name("Query")]
public sealed class TestQuery
{
    public static Task<INode?> NodeAsync(
        [Id] string id,
        [FromServices] NodeLookup lookup,
        IResolveFieldContext context
    ) => Query.NodeAsync(id, lookup, context);

    public static Task<IEnumerable<INode?>> NodesAsync(
        [Id] IReadOnlyList<string> ids,
        [FromServices] NodeLookup lookup,
        IResolveFieldContext context
    ) => Query.NodesAsync(ids, lookup, context);

    /// <summary>The books of the library.</summary>
    public static async Task<BooksConnection> BooksAsync(
        BookFilterInput? where,
        IReadOnlyList<BookSortInput>? order,
        int? first,
        string? after,
        int? last,
        string? before,
        [FromServices] Library library,
        [FromServices] Settings settings,
        CancellationToken cancellationToken
    )
    {
        var request = PageRequest.Read(first, after, last, before, settings.GraphQL);
        var query = new KeysetQuery<LibraryContext, Book>(
            library.OpenAsync,
            context => where is null ? context.Books : context.Books.Where(where.ToPredicate()),
            BookSortInput.OrderOf(order)
        );
        return new BooksConnection(await query.ReadAsync(request, cancellationToken));
    }

    public static Thing Thing() => new("one");

    public static IEnumerable<Thing> Things(IReadOnlyList<string> keys) => keys.Select(key => new Thing(key));

    public static JsonElement? Json(JsonElement? value) => value;

    public static DateTime Instant(DateTime at) => at;

    public static long Number(long value) => value;

    public static string Text(string value) => value;

    public static Genre? Genre(Genre? value) => value;

    public static IEnumerable<string> Given(GivenInput input) =>
        new[] { nameof(input.Name), nameof(input.IfVersion), nameof(input.Config), nameof(input.Count) }
            .Where(input.Has)
            .Append($"{input.Name ?? "null"} {input.IfVersion} {input.Config} {input.Count}");

    public static string? Fault() => throw new InvalidOperationException("the resolver's secret");

    public static string? Refusal() => throw new CallerError("SOME_CODE", "Mend this.");

    public static async Task<string?> SlowAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return "never";
    }

    public static string? Caller(IResolveFieldContext context) => context.User?.Identity?.Name;
}

[Name("Mutation")]
public sealed class TestMutation
{
    public static RenamePayload Rename(RenameInput input) =>
        input.Name switch
        {
            "one" => new RenamePayload(new Thing("one"), Errors: null),
            "" => new RenamePayload(Thing: null, [new BadNameError("A name is not empty.")]),
            _ => new RenamePayload(Thing: null, [new ThingNotFoundError("There is no such thing.", input.Name)]),
        };
}

[Name("Subscription")]
public sealed class TestSubscription
{
    public static async IAsyncEnumerable<Tick> Ticks(
        int count,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        for (var number = 1; number <= count; number++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return new Tick(number, new Thing($"tick {number}"));
        }
    }

    public static async IAsyncEnumerable<Tick> Breaking()
    {
        yield return new Tick(1, new Thing("first"));
        await Task.Yield();
        throw new InvalidOperationException("the source's secret");
    }
}
