using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Data.Changes;

namespace DeviceTwin.Api.GraphQL.Changes;

/// <summary>Tells callers what is wrong with a cursor of the change log.</summary>
public static class ChangeErrors
{
    /// <summary>The code of a cursor that is older than what the log keeps.</summary>
    public const string CursorExpired = "CURSOR_EXPIRED";

    /// <summary>The place that a cursor stands for; null where none is given.</summary>
    /// <param name="after">The cursor.</param>
    /// <exception cref="CallerError">This service never gave it.</exception>
    public static ChangePosition? ReadCursor(string? after) =>
        after is null ? null
        : ChangeCursor.TryParse(after, out var position) ? position
        : throw Invalid();

    /// <summary>Awaits what reads the log and turns its faults into the caller's.</summary>
    /// <param name="reading">The reading.</param>
    public static async Task TellAsync(Task reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        try
        {
            await reading;
        }
        catch (CursorExpiredException)
        {
            throw Expired();
        }
        catch (CursorInvalidException)
        {
            throw Invalid();
        }
    }

    /// <summary>The log lets go of what comes after the cursor.</summary>
    public static CallerError Expired() =>
        new(
            CursorExpired,
            "The log does not keep all that came after this cursor: read the devices again and begin without it."
        );

    private static CallerError Invalid() =>
        new(ErrorCodes.InvalidCursor, "The cursor is not one that this service gave.");
}
