using System.Text.Json;
using DeviceTwin.Tests.GraphQL;

namespace DeviceTwin.Tests.Security;

/// <summary>
/// Walks the whole schema: whatever a stranger asks of an organization that is there and is not theirs, they get what they get of one that
/// does not exist. A new field takes part by itself; a new argument needs a sample below.
/// </summary>
public sealed class IsolationTests(IsolatedFleet fleet) : IClassFixture<IsolatedFleet>
{
    private const string Hidden = IsolatedFleet.Hidden;

    // Says how the service is, not what is in it.
    private static readonly string[] OfNoOrganization = ["service"];

    // Their argument is the name of something that the very object holds.
    private static readonly string[] NameSomethingOfTheirOwn = ["Device.snap(name)"];

    [Fact]
    public async Task Every_query_tells_a_stranger_what_it_tells_of_an_organization_that_is_not_there()
    {
        foreach (var field in fleet.Map.Roots("Query").Where(field => !OfNoOrganization.Contains(field.Name)))
        {
            var (hidden, missing) = await AskBothAsync("query", field, IsolatedFleet.Stranger);
            Assert.True(hidden == missing, $"{field.Name} tells the difference:\n{hidden}\n{missing}");
            var (seen, none) = await AskBothAsync("query", field, IsolatedFleet.Everybody);
            Assert.True(
                seen != none || field.Arguments.Count == 0,
                $"{field.Name} tells nobody anything: {nameof(Samples)} and {nameof(SeededRows)} need what it finds.\n{seen}"
            );
        }
    }

    [Fact]
    public async Task Fields_without_an_organization_tell_a_stranger_of_their_own_alone()
    {
        foreach (var field in fleet.Map.Roots("Query").Where(field => field.Arguments.Count == 0))
        {
            var document = fleet.Map.Document("query", field, []);
            var data = await fleet.Host.DataAsync(IsolatedFleet.Stranger, document);
            Assert.DoesNotContain(Hidden, data.GetRawText(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Every_mutation_tells_a_stranger_the_same_and_changes_nothing()
    {
        var before = await EverythingAsync();
        foreach (var field in fleet.Map.Roots("Mutation"))
        {
            var (hidden, missing) = await AskBothAsync("mutation", field, IsolatedFleet.Stranger);
            Assert.True(hidden == missing, $"{field.Name} tells the difference:\n{hidden}\n{missing}");
            Assert.Contains("Error", hidden, StringComparison.Ordinal);
        }

        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task Every_type_of_node_is_found_by_its_id_and_not_by_a_stranger()
    {
        var ids = await NodeIdsAsync();
        foreach (var type in fleet.Map.NodeTypes())
        {
            Assert.True(ids.ContainsKey(type), $"{type} has no row in {Hidden}: add one to {nameof(SeededRows)}.");
        }

        const string Document =
            "query($id: ID!, $ids: [ID!]!) { node(id: $id) { __typename id } nodes(ids: $ids) { __typename id } }";
        foreach (var (type, id) in ids)
        {
            var variables = new { id, ids = new[] { id, id } };
            var seen = await fleet.Host.DataAsync(IsolatedFleet.Everybody, Document, variables);
            Assert.Equal(type, seen.At("node", "__typename").GetString());
            var hidden = await fleet.AnswerAsync(IsolatedFleet.Stranger, Document, variables);
            Assert.Equal("""{"data":{"node":null,"nodes":[null,null]}}""", hidden);
        }
    }

    [Fact]
    public async Task A_cursor_of_another_organization_shows_a_stranger_nothing_of_it()
    {
        var tried = 0;
        foreach (var field in fleet.Map.Roots("Query"))
        {
            foreach (var argument in field.Arguments.Select(argument => argument.Name).Where(Samples.Cursors.Contains))
            {
                var arguments = Samples.Arguments(fleet.Map, field, Hidden, argument);
                var document = fleet.Map.Document("query", field, arguments.Keys);
                var seen = await fleet.Host.DataAsync(
                    IsolatedFleet.Everybody,
                    fleet.Map.Document("query", field, [.. arguments.Keys.Where(name => name != argument)]),
                    arguments
                );
                // From the middle, so that there is something behind it and before it.
                var edges = seen.At(field.Name, "edges");
                arguments[argument] = edges[edges.GetArrayLength() / 2].GetProperty("cursor").GetString();

                var hidden = await fleet.AnswerAsync(IsolatedFleet.Stranger, document, arguments);
                arguments["organizationId"] = IsolatedFleet.Missing;
                var missing = await fleet.AnswerAsync(IsolatedFleet.Stranger, document, arguments);
                arguments["organizationId"] = IsolatedFleet.Own;
                var (_, own) = await fleet.Host.AskAsync(IsolatedFleet.Stranger, document, arguments);

                Assert.True(hidden == missing, $"{field.Name}({argument}) tells the difference:\n{hidden}\n{missing}");
                Assert.DoesNotContain(Hidden, own.GetRawText(), StringComparison.OrdinalIgnoreCase);
                tried++;
            }
        }

        Assert.True(tried > 0);
    }

    [Fact]
    public async Task A_filter_finds_a_stranger_nothing_of_another_organization()
    {
        const string Document = """
            { devices(organizationId: "other", where: {or: [
                {deviceId: {eq: "d1"}}, {model: {eq: "gw-1"}}, {snap: {name: {eq: "nats"}}}
              ]}) { totalCount nodes { deviceId } } }
            """;

        var data = await fleet.Host.DataAsync(IsolatedFleet.Stranger, Document);

        Assert.Equal(0, data.At("devices", "totalCount").GetInt32());
    }

    [Fact]
    public void No_field_below_the_roots_takes_an_id() =>
        Assert.Empty(
            fleet
                .Map.InnerArguments()
                .Where(inner => !Samples.Harmless.Contains(inner.Argument) && !Samples.Cursors.Contains(inner.Argument))
                .Select(inner => $"{inner.Place}({inner.Argument})")
                .Except(NameSomethingOfTheirOwn, StringComparer.Ordinal)
        );

    private async Task<(string Hidden, string Missing)> AskBothAsync(string operation, MapField field, string token)
    {
        var hidden = Samples.Arguments(fleet.Map, field, Hidden);
        var document = fleet.Map.Document(operation, field, hidden.Keys);
        var missing = Samples.Arguments(fleet.Map, field, IsolatedFleet.Missing);
        return (await ToldAsync(token, document, hidden), await ToldAsync(token, document, missing));
    }

    /// <summary>The answer, and what the store was asked for it: an answer that costs more tells by the time that it takes.</summary>
    private async Task<string> ToldAsync(string token, string document, object variables)
    {
        fleet.Host.Commands.Clear();
        var answer = await fleet.AnswerAsync(token, document, variables);
        return token == IsolatedFleet.Stranger
            ? $"{answer}\n{string.Join('\n', fleet.Host.Commands.Statements)}"
            : answer;
    }

    /// <summary>Everything that there is to see in the hidden organization.</summary>
    private async Task<IReadOnlyList<string>> EverythingAsync()
    {
        var answers = new List<string>();
        foreach (var field in fleet.Map.Roots("Query").Where(field => !OfNoOrganization.Contains(field.Name)))
        {
            var arguments = Samples.Arguments(fleet.Map, field, Hidden);
            var document = fleet.Map.Document("query", field, arguments.Keys);
            answers.Add(await fleet.AnswerAsync(IsolatedFleet.Everybody, document, arguments));
        }

        return answers;
    }

    /// <summary>One id of the hidden organization for each type of node, as the answers show them.</summary>
    private async Task<Dictionary<string, string>> NodeIdsAsync()
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var types = fleet.Map.NodeTypes();
        foreach (var field in fleet.Map.Roots("Query").Where(field => !OfNoOrganization.Contains(field.Name)))
        {
            var arguments = Samples.Arguments(fleet.Map, field, Hidden);
            var document = fleet.Map.Document("query", field, arguments.Keys);
            Collect(await fleet.Host.DataAsync(IsolatedFleet.Everybody, document, arguments));
        }

        return ids;

        void Collect(JsonElement json)
        {
            if (json.ValueKind == JsonValueKind.Array)
            {
                json.EnumerateArray().ToList().ForEach(Collect);
            }
            else if (json.ValueKind == JsonValueKind.Object)
            {
                if (
                    json.TryGetProperty("__typename", out var type)
                    && types.Contains(type.GetString()!)
                    && json.TryGetProperty("id", out var id)
                )
                {
                    ids.TryAdd(type.GetString()!, id.GetString()!);
                }

                json.EnumerateObject().ToList().ForEach(property => Collect(property.Value));
            }
        }
    }
}
