using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Errors;
using DeviceTwin.Api.GraphQL.Guard;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Actions;
using GraphQL;
using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Actions;

/// <summary>An action as stored, or why it was not.</summary>
/// <param name="Action">The action.</param>
/// <param name="Errors">What to fix.</param>
public sealed record ActionPayload(
    ActionNode? Action,
    [property: OutputType(typeof(ListGraphType<NonNullGraphType<ActionErrorType>>))] IReadOnlyList<IError>? Errors
) : IMutationPayload;

/// <summary>Hands wishes for actions from the API's fields to those who store them.</summary>
/// <param name="requests">Stores actions.</param>
public sealed class ActionDoor(ActionRequests requests)
{
    /// <summary>Any action.</summary>
    /// <param name="context">The field.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="kind">What to do.</param>
    /// <param name="snap">The snap, where the kind concerns one.</param>
    /// <param name="data">What is sent with it.</param>
    public Task<ActionPayload> RequestAsync(
        IResolveFieldContext context,
        string organizationId,
        string deviceId,
        ActionKind kind,
        string? snap = null,
        string? data = null
    ) => RequestAsync(context, new ActionRequest(organizationId, deviceId, kind, snap, data));

    /// <summary>Start, stop or restart.</summary>
    /// <param name="context">The field.</param>
    /// <param name="input">The services.</param>
    /// <param name="kind">What to do.</param>
    public Task<ActionPayload> RequestAsync(IResolveFieldContext context, SnapServicesInput input, ActionKind kind)
    {
        ArgumentNullException.ThrowIfNull(input);
        var data = ActionData.Services(input.Services ?? []);
        return RequestAsync(context, input.OrganizationId, input.DeviceId, kind, input.Snap, data);
    }

    /// <summary>An action that uploads.</summary>
    /// <param name="context">The field.</param>
    /// <param name="request">The action, without its data.</param>
    /// <param name="url">Where the device puts it.</param>
    /// <param name="limit">How many lines of logs.</param>
    public Task<ActionPayload> UploadAsync(IResolveFieldContext context, ActionRequest request, string url, int? limit)
    {
        ArgumentNullException.ThrowIfNull(request);
        if ((ActionRules.CheckUrl(url) ?? ActionRules.CheckLimit(limit)) is { } invalid)
        {
            return Task.FromResult(Show(invalid));
        }

        return RequestAsync(context, request with { Data = ActionData.Upload(url, limit) });
    }

    /// <summary>A new user.</summary>
    /// <param name="context">The field.</param>
    /// <param name="input">The user.</param>
    public Task<ActionPayload> CreateUserAsync(IResolveFieldContext context, CreateDeviceUserInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (ActionRules.CheckEmail(input.Email) is { } invalid)
        {
            return Task.FromResult(Show(invalid));
        }

        var data = ActionData.CreateUser(input.Email, input.Sudoer ?? false, input.ForceManaged ?? false);
        return RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.User, data: data);
    }

    /// <summary>A user less.</summary>
    /// <param name="context">The field.</param>
    /// <param name="input">The user.</param>
    public Task<ActionPayload> RemoveUserAsync(IResolveFieldContext context, RemoveDeviceUserInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!Names.IsValid(input.Username))
        {
            return Task.FromResult(Show(new InvalidInput("username", Names.Rule("A user's name"))));
        }

        var data = ActionData.RemoveUser(input.Username);
        return RequestAsync(context, input.OrganizationId, input.DeviceId, ActionKind.User, data: data);
    }

    /// <summary>Takes an action back.</summary>
    /// <param name="context">The field.</param>
    /// <param name="input">The action.</param>
    public async Task<ActionPayload> CancelAsync(IResolveFieldContext context, CancelActionInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var caller = context.Caller();
        return Show(
            caller.MaySee(input.OrganizationId)
                ? await requests.CancelAsync(
                    input.OrganizationId,
                    input.ActionId,
                    caller.Name,
                    context.CancellationToken
                )
                : new ActionNotFound(input.ActionId)
        );
    }

    private async Task<ActionPayload> RequestAsync(IResolveFieldContext context, ActionRequest request)
    {
        var caller = context.Caller();
        return Show(
            caller.MaySee(request.OrganizationId)
                ? await requests.RequestAsync(request, caller.Name, context.CancellationToken)
                : new DeviceNotFound(request.DeviceId)
        );
    }

    private static ActionPayload Show(Outcome<DeviceAction> outcome) =>
        new(outcome.Value is { } action ? new ActionNode(action) : null, outcome.Errors());
}
