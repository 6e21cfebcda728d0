using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.Twins;
using GraphQL;
using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Errors;

/// <summary>The organization has no such device in sight.</summary>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="DeviceId">The device.</param>
[Implements(typeof(IError))]
public sealed record DeviceNotFoundError(string Message, string DeviceId) : IError;

/// <summary>The organization has no such action.</summary>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="ActionId">The action.</param>
[Implements(typeof(IError))]
public sealed record ActionNotFoundError(string Message, string ActionId) : IError;

/// <summary>The organization has no such job.</summary>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="JobId">The job.</param>
[Implements(typeof(IError))]
public sealed record JobNotFoundError(string Message, string JobId) : IError;

/// <summary>The organization has no such set-aside item.</summary>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="ItemId">The item's id.</param>
[Implements(typeof(IError))]
public sealed record SetAsideItemNotFoundError(string Message, string ItemId) : IError;

/// <summary>The organization has no such group.</summary>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="Name">The group.</param>
[Implements(typeof(IError))]
public sealed record GroupNotFoundError(string Message, string Name) : IError;

/// <summary>The organization has a group of this name already.</summary>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="Name">The group.</param>
[Implements(typeof(IError))]
public sealed record GroupExistsError(string Message, string Name) : IError;

/// <summary>Somebody else changed it first.</summary>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="ExpectedVersion">The version that the caller knew.</param>
/// <param name="ActualVersion">The version that is stored.</param>
[Implements(typeof(IError))]
public sealed record VersionConflictError(string Message, int ExpectedVersion, int ActualVersion) : IError;

/// <summary>An input that cannot be taken.</summary>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="Field">The input field at fault.</param>
[Implements(typeof(IError))]
public sealed record InvalidInputError(string Message, string Field) : IError;

/// <summary>Shows domain errors in payloads.</summary>
public static class DomainErrors
{
    /// <summary>The payload's errors; null where it was done.</summary>
    /// <param name="outcome">What came of the wish.</param>
    public static IReadOnlyList<IError>? Errors<T>(this Outcome<T> outcome)
        where T : class => outcome.Error is null ? null : [Show(outcome.Error)];

    private static IError Show(TwinError error) =>
        error switch
        {
            DeviceNotFound device => new DeviceNotFoundError(device.Message, device.DeviceId),
            ActionNotFound action => new ActionNotFoundError(action.Message, action.ActionId),
            JobNotFound job => new JobNotFoundError(job.Message, job.JobId),
            SetAsideItemNotFound item => new SetAsideItemNotFoundError(item.Message, item.Id),
            GroupNotFound group => new GroupNotFoundError(group.Message, group.Name),
            GroupExists group => new GroupExistsError(group.Message, group.Name),
            VersionConflict conflict => new VersionConflictError(conflict.Message, conflict.Expected, conflict.Actual),
            InvalidInput input => new InvalidInputError(input.Message, input.Field),
            _ => throw new InvalidOperationException($"{error.GetType().Name} has no GraphQL type."),
        };
}

/// <summary>Why an action was not taken.</summary>
public sealed class ActionErrorType : UnionGraphType
{
    /// <summary>Names the possible errors.</summary>
    public ActionErrorType()
    {
        Name = "ActionError";
        Type<AutoRegisteringObjectGraphType<DeviceNotFoundError>>();
        Type<AutoRegisteringObjectGraphType<ActionNotFoundError>>();
        Type<AutoRegisteringObjectGraphType<InvalidInputError>>();
    }
}

/// <summary>Why a device was not changed.</summary>
public sealed class DeviceErrorType : UnionGraphType
{
    /// <summary>Names the possible errors.</summary>
    public DeviceErrorType()
    {
        Name = "DeviceError";
        Type<AutoRegisteringObjectGraphType<DeviceNotFoundError>>();
        Type<AutoRegisteringObjectGraphType<VersionConflictError>>();
        Type<AutoRegisteringObjectGraphType<InvalidInputError>>();
    }
}

/// <summary>Why a model was not changed.</summary>
public sealed class ModelErrorType : UnionGraphType
{
    /// <summary>Names the possible errors.</summary>
    public ModelErrorType()
    {
        Name = "ModelError";
        Type<AutoRegisteringObjectGraphType<VersionConflictError>>();
        Type<AutoRegisteringObjectGraphType<InvalidInputError>>();
    }
}

/// <summary>Why a group was not changed.</summary>
public sealed class GroupErrorType : UnionGraphType
{
    /// <summary>Names the possible errors.</summary>
    public GroupErrorType()
    {
        Name = "GroupError";
        Type<AutoRegisteringObjectGraphType<GroupNotFoundError>>();
        Type<AutoRegisteringObjectGraphType<GroupExistsError>>();
        Type<AutoRegisteringObjectGraphType<DeviceNotFoundError>>();
        Type<AutoRegisteringObjectGraphType<VersionConflictError>>();
        Type<AutoRegisteringObjectGraphType<InvalidInputError>>();
    }
}

/// <summary>Why a job was not started or cancelled.</summary>
public sealed class JobErrorType : UnionGraphType
{
    /// <summary>Names the possible errors.</summary>
    public JobErrorType()
    {
        Name = "JobError";
        Type<AutoRegisteringObjectGraphType<JobNotFoundError>>();
        Type<AutoRegisteringObjectGraphType<InvalidInputError>>();
    }
}

/// <summary>Why a set-aside item was not retried or dropped.</summary>
public sealed class SetAsideItemErrorType : UnionGraphType
{
    /// <summary>Names the possible errors.</summary>
    public SetAsideItemErrorType()
    {
        Name = "SetAsideItemError";
        Type<AutoRegisteringObjectGraphType<SetAsideItemNotFoundError>>();
    }
}
