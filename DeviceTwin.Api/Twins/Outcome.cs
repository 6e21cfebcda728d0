using DeviceTwin.Data;

namespace DeviceTwin.Api.Twins;

/// <summary>What came of a wish: a value, or an error that the one who asked can mend.</summary>
/// <param name="Value">The value; null where there is an error.</param>
/// <param name="Error">The error; null where there is a value.</param>
public readonly record struct Outcome<T>(T? Value, TwinError? Error) : IRefusable
    where T : class
{
    /// <inheritdoc />
    public bool IsRefused => Error is not null;

    /// <summary>It was done.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>It was not done, and nothing has changed.</summary>
    /// <param name="error">Why.</param>
    public static implicit operator Outcome<T>(TwinError error) => new(null, error);
}

/// <summary>Something that the one who asked can mend.</summary>
/// <param name="Message">What is wrong, in a sentence for people.</param>
public abstract record TwinError(string Message);

/// <summary>The organization has no such device in sight.</summary>
/// <param name="DeviceId">The device.</param>
public sealed record DeviceNotFound(string DeviceId)
    : TwinError($"There is no device {DeviceId} in this organization.");

/// <summary>The organization has no such action.</summary>
/// <param name="ActionId">The action.</param>
public sealed record ActionNotFound(string ActionId)
    : TwinError($"There is no action {ActionId} in this organization.");

/// <summary>The organization has no such job.</summary>
/// <param name="JobId">The job.</param>
public sealed record JobNotFound(string JobId) : TwinError($"There is no job {JobId} in this organization.");

/// <summary>The organization has no such set-aside item.</summary>
/// <param name="Id">The item's id, as the caller gave it.</param>
public sealed record SetAsideItemNotFound(string Id)
    : TwinError($"There is no set-aside item {Id} in this organization.");

/// <summary>The organization has no such group.</summary>
/// <param name="Name">The group.</param>
public sealed record GroupNotFound(string Name) : TwinError($"There is no group {Name} in this organization.");

/// <summary>The organization has a group of this name already.</summary>
/// <param name="Name">The group.</param>
public sealed record GroupExists(string Name) : TwinError($"There is a group {Name} in this organization already.");

/// <summary>Somebody else changed it first.</summary>
/// <param name="Expected">The version that the caller knew.</param>
/// <param name="Actual">The version that is stored.</param>
public sealed record VersionConflict(int Expected, int Actual)
    : TwinError($"It has version {Actual}, not {Expected}: read it again and decide anew.");

/// <summary>An input that cannot be taken.</summary>
/// <param name="Field">The field at fault.</param>
/// <param name="Reason">What is wrong, and what to write instead.</param>
public sealed record InvalidInput(string Field, string Reason) : TwinError(Reason);
