using System.Text.Json.Nodes;
using GraphQLParser;
using GraphQLParser.AST;

namespace DeviceTwin.Tests.GraphQL;

/// <summary>Requests for every field that has arguments, each argument and input field in turn given every kind of wild value.</summary>
internal sealed class WildArguments
{
    private static readonly string[] Texts =
    [
        "",
        " ",
        "\t",
        "\n",
        "%",
        "_",
        "\\",
        "'",
        "\"",
        "a.b",
        ".",
        "..",
        "a/b",
        "+",
        "#",
        "$",
        "null",
        "\0",
        "a\0b",
        "İı",
        "😀",
        "\u202e",
        new string('x', 300),
        new string('é', 70_000),
        "AAAA",
        "!!!!",
        "0",
        "-1",
        "1e9",
        "NaN",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.9999999Z",
        "9999-12-31T23:59:59-14:00",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-01-01",
        "2026-11-23T12:00:00.123456789Z",
        .. new[]
        {
            "[]",
            "{}",
            "7",
            "null",
            "[null]",
            "[\"deviceId\"]",
            "[\"deviceId\",null]",
            "[\"deviceId\",7]",
            "[\"deviceId\",\"\\u0000\"]",
            "[\"deviceId\",\"\\ud800\"]",
            "[\"-id\",1e99]",
            "[\"-id\",9223372036854775808]",
            "[\"id\",\"x\"]",
            "[\"-createdAt,-id\",\"x\",1]",
            "[\"lastHeartbeatAt,deviceId\",\"0001-01-01T00:00:00\",\"a\"]",
            "[[[[[[[[[]]]]]]]]]",
            "Device:",
            "Device:a",
            "Device:a:b:c",
            "Device:%00:b",
            "Device:%",
            "Group:a:%ED%A0%80",
            "Action:",
            "Action:a:b",
            "Job:x",
            "Job::",
            ":",
            "Device:demo:d1",
            "Nothing:1",
        }.Select(text => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))),
    ];

    private static readonly string[] Values =
    [
        "null",
        "true",
        "0",
        "-0",
        "-1",
        "1",
        "2147483647",
        "2147483648",
        "-2147483649",
        "9223372036854775808",
        "1.5",
        "1e3",
        "1e-400",
        "1e308",
        "[]",
        "[null]",
        "[[]]",
        "{}",
        "{\"a\":null}",
        "{\"\":1}",
        "{\"a.b\":{\"c\":[1,{}]}}",
        "{\"$x\":\"\\u0000\"}",
        "[\"a\",\"a\"]",
        "\"ACTIVE\"",
        "\"active\"",
    ];

    private readonly Dictionary<string, GraphQLTypeDefinition> types;

    public WildArguments(string sdl) =>
        types = Parser
            .Parse(sdl)
            .Definitions.OfType<GraphQLTypeDefinition>()
            .ToDictionary(type => type.Name.StringValue, StringComparer.Ordinal);

    /// <summary>The requests: a document and its variables.</summary>
    public IEnumerable<(string Query, JsonObject Variables)> All()
    {
        foreach (
            var (kind, root) in new[] { ("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription") }
        )
        {
            foreach (var request in Below(kind, root, "", "", depth: 0))
            {
                yield return request;
            }
        }
    }

    private IEnumerable<(string, JsonObject)> Below(string kind, string type, string before, string after, int depth)
    {
        foreach (var field in ((GraphQLObjectTypeDefinition)types[type]).Fields!)
        {
            var arguments = field.Arguments?.Items ?? [];
            var result = NameOf(field.Type);
            foreach (var argument in arguments)
            {
                foreach (var value in Wild(argument.Type, depth: 0))
                {
                    var declared = string.Join(
                        ", ",
                        arguments.Select(one => $"${one.Name.StringValue}: {one.Type.Print()}")
                    );
                    var given = string.Join(
                        ", ",
                        arguments.Select(one => $"{one.Name.StringValue}: ${one.Name.StringValue}")
                    );
                    var variables = new JsonObject();
                    foreach (var one in arguments.Where(one => one != argument))
                    {
                        if (one.Type is GraphQLNonNullType)
                        {
                            variables[one.Name.StringValue] = Sane(one.Name.StringValue, one.Type);
                        }
                    }

                    variables[argument.Name.StringValue] = value?.DeepClone();
                    yield return (
                        $"{kind}({declared}) {{ {before}{field.Name.StringValue}({given}){Selection(result)}{after} }}",
                        variables
                    );
                }
            }

            // Fields with arguments further in: one step, and the node of a connection.
            if (depth == 0 && kind == "query" && types.GetValueOrDefault(result) is GraphQLObjectTypeDefinition)
            {
                var sane = arguments
                    .Where(one => one.Type is GraphQLNonNullType)
                    .Select(one => $"{one.Name.StringValue}: {Sane(one.Name.StringValue, one.Type).ToJsonString()}");
                var call =
                    arguments.Count == 0
                        ? field.Name.StringValue
                        : $"{field.Name.StringValue}({string.Join(", ", sane)})";
                foreach (
                    var request in Below(
                        kind,
                        result,
                        $"{before}{call.Replace("()", "", StringComparison.Ordinal)} {{ ",
                        $" }}{after}",
                        depth + 1
                    )
                )
                {
                    yield return request;
                }
            }
        }
    }

    private string Selection(string type) =>
        types.GetValueOrDefault(type) switch
        {
            GraphQLObjectTypeDefinition { Fields: { } fields }
                when fields.Any(field => field.Name.StringValue == "nodes") =>
                " { totalCountOrNot: __typename nodes { __typename } pageInfo { hasNextPage hasPreviousPage endCursor } }",
            GraphQLObjectTypeDefinition { Fields: { } fields }
                when fields.Any(field => field.Name.StringValue == "errors") =>
                " { errors { ... on Error { message } } }",
            GraphQLObjectTypeDefinition or GraphQLInterfaceTypeDefinition or GraphQLUnionTypeDefinition =>
                " { __typename }",
            _ => "",
        };

    private IEnumerable<JsonNode?> Wild(GraphQLType type, int depth)
    {
        var name = NameOf(type);
        foreach (var text in Texts)
        {
            if (depth == 0 || name is "String" or "ID" or "JSON" or "DateTime")
            {
                yield return Wrap(JsonValue.Create(text), type);
            }
        }

        foreach (var value in Values)
        {
            yield return JsonNode.Parse(value);
        }

        if (IsList(type))
        {
            yield return new JsonArray([.. Enumerable.Range(0, 600).Select(n => (JsonNode?)JsonValue.Create($"x{n}"))]);
        }

        if (depth < 2 && types.GetValueOrDefault(name) is GraphQLInputObjectTypeDefinition input)
        {
            foreach (var field in input.Fields!)
            {
                foreach (var value in Wild(field.Type, depth + 1))
                {
                    var whole = SaneObject(input);
                    whole[field.Name.StringValue] = value?.DeepClone();
                    yield return Wrap(whole, type);
                }
            }
        }
    }

    private JsonObject SaneObject(GraphQLInputObjectTypeDefinition input)
    {
        var whole = new JsonObject();
        foreach (
            var field in input.Fields!.Where(field => field.Type is GraphQLNonNullType && field.DefaultValue is null)
        )
        {
            whole[field.Name.StringValue] = Sane(field.Name.StringValue, field.Type);
        }

        return whole;
    }

    private JsonNode Sane(string name, GraphQLType type)
    {
        JsonNode value = (name, NameOf(type)) switch
        {
            ("organizationId", _) => JsonValue.Create("demo"),
            ("id" or "ids", "ID") => JsonValue.Create("RGV2aWNlOmRlbW86ZDE="),
            ("deviceId" or "deviceIds", _) => JsonValue.Create("d1"),
            (_, "String" or "ID") => JsonValue.Create("g"),
            (_, "Int" or "Long") => JsonValue.Create(1),
            (_, "Boolean") => JsonValue.Create(true),
            (_, "JSON") => new JsonObject(),
            (_, "DateTime") => JsonValue.Create("2026-01-01T00:00:00Z"),
            (_, var named) => types[named] switch
            {
                GraphQLEnumTypeDefinition values => JsonValue.Create(values.Values![0].Name.StringValue),
                GraphQLInputObjectTypeDefinition input => SaneObject(input),
                _ => throw new InvalidOperationException($"No value of {named} is known."),
            },
        };
        return Wrap(value, type);
    }

    private static JsonNode Wrap(JsonNode value, GraphQLType type) => IsList(type) ? new JsonArray(value) : value;

    private static bool IsList(GraphQLType type) =>
        type is GraphQLListType or GraphQLNonNullType { Type: GraphQLListType };

    private static string NameOf(GraphQLType type) =>
        type switch
        {
            GraphQLNonNullType required => NameOf(required.Type),
            GraphQLListType list => NameOf(list.Type),
            _ => ((GraphQLNamedType)type).Name.StringValue,
        };
}

internal static class TypePrinting
{
    public static string Print(this GraphQLType type) =>
        type switch
        {
            GraphQLNonNullType required => $"{required.Type.Print()}!",
            GraphQLListType list => $"[{list.Type.Print()}]",
            _ => ((GraphQLNamedType)type).Name.StringValue,
        };
}
