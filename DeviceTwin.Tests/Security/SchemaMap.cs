using System.Text.Json;
using DeviceTwin.Tests.GraphQL;

namespace DeviceTwin.Tests.Security;

/// <summary>A running service's schema, as introspection tells it, and documents that ask for all that a field has.</summary>
internal sealed class SchemaMap(JsonElement schema)
{
    // Deep enough for the devices of a page with what hangs on them.
    private const int Depth = 4;

    private readonly Dictionary<string, JsonElement> types = schema
        .GetProperty("types")
        .EnumerateArray()
        .ToDictionary(type => type.GetProperty("name").GetString()!);

    /// <summary>The fields of a root type.</summary>
    public IReadOnlyList<MapField> Roots(string type) => [.. FieldsOf(types[type])];

    /// <summary>Every argument of every field that is not a root's, as Type.field(argument).</summary>
    public IEnumerable<(string Place, string Argument)> InnerArguments() =>
        from type in types.Values
        let name = type.GetProperty("name").GetString()!
        where type.GetProperty("kind").GetString() == "OBJECT" && !name.StartsWith("__", StringComparison.Ordinal)
        where name is not ("Query" or "Mutation" or "Subscription")
        from field in FieldsOf(type)
        from argument in field.Arguments
        select ($"{name}.{field.Name}", argument.Name);

    /// <summary>The types that <c>node</c> finds.</summary>
    public IReadOnlyList<string> NodeTypes() => PossibleTypes(types["Node"]);

    /// <summary>A document that asks for everything that a field has, with its arguments as variables.</summary>
    public string Document(string operation, MapField field, IReadOnlyCollection<string> arguments)
    {
        var given = field.Arguments.Where(argument => arguments.Contains(argument.Name)).ToList();
        var variables =
            given.Count == 0 ? "" : $"({string.Join(", ", given.Select(a => $"${a.Name}: {TypeText(a.Type)}"))})";
        var passed = given.Count == 0 ? "" : $"({string.Join(", ", given.Select(a => $"{a.Name}: ${a.Name}"))})";
        return $"{operation} Walk{variables} {{ {field.Name}{passed} {Selection(field.Type, Depth)} }}";
    }

    /// <summary>A value of an input type, made of samples by name.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">The argument's or the field's name.</param>
    /// <param name="place">Where it stands, for the message.</param>
    /// <param name="samples">A value by its name; null where there is none.</param>
    public object? Value(JsonElement type, string name, string place, Func<string, object?> samples)
    {
        if (samples(name) is { } sample)
        {
            return sample;
        }

        var isRequired = Kind(type) == "NON_NULL";
        var inner = isRequired ? type.GetProperty("ofType") : type;
        switch (Kind(inner))
        {
            case "LIST":
                return new[] { Value(inner.GetProperty("ofType"), name, place, samples) };
            case "INPUT_OBJECT":
                return types[Named(inner)]
                    .GetProperty("inputFields")
                    .EnumerateArray()
                    .Select(Argument)
                    .ToDictionary(
                        field => field.Name,
                        field => Value(field.Type, field.Name, $"{place}.{field.Name}", samples)
                    );
            case "ENUM":
                return types[Named(inner)].GetProperty("enumValues")[0].GetProperty("name").GetString();
        }

        return Named(inner) switch
        {
            "Int" or "Long" => 1,
            "Boolean" => false,
            "Float" => 1.0,
            "DateTime" => "2030-01-01T00:00:00Z",
            _ => throw new InvalidOperationException(
                $"{place} has no sample: add one for \"{name}\" to {nameof(Samples)}, naming something of the hidden organization."
            ),
        };
    }

    private string Selection(JsonElement type, int depth)
    {
        var named = types[Named(type)];
        return Kind(named) switch
        {
            "OBJECT" => $"{{ {FieldsText(named, depth, alias: "")} }}",
            "UNION" or "INTERFACE" =>
                $"{{ __typename {string.Join(' ', PossibleTypes(named).Select(name => $"... on {name} {{ {FieldsText(types[name], depth, name + "_")} }}"))} }}",
            _ => "",
        };
    }

    // Fragments on several types may not give one name to different things.
    private string FieldsText(JsonElement type, int depth, string alias) =>
        "__typename "
        + string.Join(
            ' ',
            from field in FieldsOf(type)
            where !field.Arguments.Any(argument => Kind(argument.Type) == "NON_NULL")
            let isLeaf = Kind(types[Named(field.Type)]) is "SCALAR" or "ENUM"
            where isLeaf || depth > 1
            let name = alias.Length == 0 ? field.Name : $"{alias}{field.Name}: {field.Name}"
            select $"{name} {Selection(field.Type, depth - 1)}"
        );

    private static IEnumerable<MapField> FieldsOf(JsonElement type) =>
        type.GetProperty("fields")
            .EnumerateArray()
            .Select(field => new MapField(
                field.GetProperty("name").GetString()!,
                field.GetProperty("type"),
                [.. field.GetProperty("args").EnumerateArray().Select(Argument)]
            ));

    private static MapArgument Argument(JsonElement argument) =>
        new(argument.GetProperty("name").GetString()!, argument.GetProperty("type"));

    private static IReadOnlyList<string> PossibleTypes(JsonElement type) =>
        type.GetProperty("possibleTypes").Texts("name")!;

    private static string? Kind(JsonElement type) => type.GetProperty("kind").GetString();

    private static string Named(JsonElement type) =>
        Kind(type) is "NON_NULL" or "LIST" ? Named(type.GetProperty("ofType")) : type.GetProperty("name").GetString()!;

    private static string TypeText(JsonElement type) =>
        Kind(type) switch
        {
            "NON_NULL" => TypeText(type.GetProperty("ofType")) + "!",
            "LIST" => $"[{TypeText(type.GetProperty("ofType"))}]",
            _ => type.GetProperty("name").GetString()!,
        };
}

/// <summary>A field.</summary>
internal sealed record MapField(string Name, JsonElement Type, IReadOnlyList<MapArgument> Arguments);

/// <summary>An argument.</summary>
internal sealed record MapArgument(string Name, JsonElement Type);
