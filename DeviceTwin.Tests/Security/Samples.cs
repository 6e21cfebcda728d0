using DeviceTwin.Api.GraphQL.Engine.Nodes;

namespace DeviceTwin.Tests.Security;

/// <summary>What a walk through the schema gives to arguments and input fields, by their names.</summary>
internal static class Samples
{
    // Bounds and order of lists. They name nothing.
    public static readonly string[] Harmless = ["first", "last", "order", "where", "limit", "includeDeleted"];

    // Cursors, which have a test of their own.
    public static readonly string[] Cursors = ["after", "before"];

    /// <summary>The arguments of a root field that name something, each with something of an organization.</summary>
    /// <param name="map">The schema.</param>
    /// <param name="field">The field.</param>
    /// <param name="organization">The organization.</param>
    /// <param name="cursor">The one cursor that is left a place; none where not said.</param>
    public static Dictionary<string, object?> Arguments(
        SchemaMap map,
        MapField field,
        string organization,
        string? cursor = null
    ) =>
        field
            .Arguments.Where(argument =>
                !Harmless.Contains(argument.Name) && (!Cursors.Contains(argument.Name) || argument.Name == cursor)
            )
            .ToDictionary(
                argument => argument.Name,
                argument =>
                    argument.Name == cursor ? null
                    : field.Name == "node" ? GlobalId.Encode("Device", organization, "d1")
                    : map.Value(
                        argument.Type,
                        argument.Name,
                        $"{field.Name}({argument.Name})",
                        name => Find(field.Name, name, organization)
                    )
            );

    /// <summary>Something of the hidden organization for each name that arguments and input fields have.</summary>
    private static object? Find(string field, string name, string organization) =>
        name switch
        {
            "name" when field is "model" or "setModelDesiredState" => "gw-1",
            "snaps" => new[] { new { name = "nats", channel = "edge" } },
            "names" => new[] { "nats" },
            "priority" when field is "setModelDesiredState" => null,
            "properties" => new { n = 1 },
            "organizationId" => organization,
            "id" when field is "retrySetAsideItem" or "dropSetAsideItem" => GlobalId.Encode(
                "SetAsideItem",
                IsolatedFleet.Hidden,
                "1"
            ),
            "id" => organization,
            "deviceId" => "d1",
            "deviceIds" => new[] { "d1" },
            "actionId" => "a3",
            "name" or "group" => "north",
            "jobId" => "j1",
            "kind" => "INSTALL",
            "data" => "",
            "where" => new { deviceId = new { eq = "d1" } },
            "model" => "gw-1",
            "snap" => "nats",
            "channel" => "latest/edge",
            "config" or "patch" => new { n = 1 },
            "services" => new[] { "nats.server" },
            "url" => "https://files.example.org/put",
            "email" => "ann@example.org",
            "username" => "ann",
            "assertion" => "type: account",
            "ids" => new[] { GlobalId.Encode("Device", organization, "d1") },
            _ => null,
        };
}
