using System.Collections.Concurrent;
using System.Reflection;
using DeviceTwin.Data.Actions;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Guard;

/// <summary>What a mutation is about, as its input names it.</summary>
/// <param name="OrganizationId">The organization; empty where the input names none.</param>
/// <param name="Target">The things, names and values, e.g. <c>DeviceId=d1 Snap=nats</c>.</param>
/// <param name="Kind">The kind of action, where the input chooses one.</param>
internal sealed record MutationSubject(string OrganizationId, string Target, ActionKind? Kind)
{
    // Names and ids alone. Everything else in an input (URLs, configuration, assertions, addresses) may be a secret.
    private static readonly string[] Named =
    [
        "DeviceId",
        "DeviceIds",
        "Group",
        "JobId",
        "Model",
        "ActionId",
        "Name",
        "Kind",
        "Snap",
        "Channel",
        "Username",
        "Id",
    ];

    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = [];

    /// <summary>Reads it from the mutation's argument.</summary>
    /// <param name="context">The field.</param>
    public static MutationSubject Of(IResolveFieldContext context)
    {
        if (context.Arguments?.TryGetValue("input", out var argument) != true || argument.Value is not { } input)
        {
            return new MutationSubject("", "", null);
        }

        var properties = Properties.GetOrAdd(input.GetType(), type => type.GetProperties());
        var named =
            from name in Named
            let value = ValueOf(name)
            where value is not null
            select $"{name}={(value is IEnumerable<string> many ? string.Join(',', many) : value)}";
        return new MutationSubject(
            ValueOf("OrganizationId") as string ?? "",
            string.Join(' ', named),
            ValueOf("Kind") as ActionKind?
        );

        object? ValueOf(string name) => Array.Find(properties, property => property.Name == name)?.GetValue(input);
    }
}
