using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Errors;
using DeviceTwin.Api.GraphQL.Guard;
using DeviceTwin.Api.Security;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Groups;
using GraphQL;
using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Groups;

/// <summary>A group.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Name">The group's name.</param>
public sealed record GroupInput(string OrganizationId, string Name);

/// <summary>Devices and a group.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Name">The group's name.</param>
/// <param name="DeviceIds">The devices.</param>
public sealed record GroupDevicesInput(string OrganizationId, string Name, IReadOnlyList<string> DeviceIds);

/// <summary>A group as it is now, or why it was not changed.</summary>
/// <param name="Group">The group.</param>
/// <param name="Errors">What to fix.</param>
public sealed record GroupPayload(
    GroupNode? Group,
    [property: OutputType(typeof(ListGraphType<NonNullGraphType<GroupErrorType>>))] IReadOnlyList<IError>? Errors
) : IMutationPayload
{
    /// <summary>Changes a group, where the caller may see its organization.</summary>
    /// <param name="context">The field.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="name">The group's name.</param>
    /// <param name="change">Makes the change.</param>
    internal static Task<GroupPayload> OfAsync(
        IResolveFieldContext context,
        string organizationId,
        string name,
        Func<Caller, Task<Outcome<Group>>> change
    ) => OfAsync(context, organizationId, new GroupNotFound(name), change);

    /// <summary>Changes groups, where the caller may see their organization.</summary>
    /// <param name="context">The field.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="refusal">The answer where the caller may not see it.</param>
    /// <param name="change">Makes the change.</param>
    internal static async Task<GroupPayload> OfAsync(
        IResolveFieldContext context,
        string organizationId,
        TwinError refusal,
        Func<Caller, Task<Outcome<Group>>> change
    )
    {
        var caller = context.Caller();
        var outcome = caller.MaySee(organizationId) ? await change(caller) : refusal;
        return new GroupPayload(outcome.Value is { } group ? new GroupNode(group) : null, outcome.Errors());
    }
}
