using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DeviceTwin.Data;

/// <summary>What an exception of the store means.</summary>
public static class StoreFault
{
    /// <summary>Whether another transaction was in the way and running again helps (deadlock, serialization failure).</summary>
    /// <param name="exception">What was thrown.</param>
    public static bool IsLostRace(Exception exception) =>
        Find<PostgresException>(exception)
            is { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>
    /// Whether the data itself can never be stored (PostgreSQL's class 22 "data exception" or 23 "integrity"), so that trying
    /// again is in vain.
    /// </summary>
    /// <param name="exception">What was thrown.</param>
    public static bool IsRefusedData(Exception exception) =>
        Find<PostgresException>(exception) is { SqlState: var state } && state is ['2', '2' or '3', ..]
        || Find<SqliteException>(exception) is { SqliteErrorCode: SqliteConstraint or SqliteTooBig or SqliteMismatch };

    /// <summary>
    /// Whether the store cannot serve now, through no fault of what was asked: no connection, no free connection, shutting down, full, read-only, a lock that
    /// others hold, a race that was lost again and again. All work has to wait, and callers try again. The list is closed: what is not on it is the fault of
    /// the item that was handled, or ours.
    /// </summary>
    /// <param name="exception">What was thrown.</param>
    public static bool IsUnavailable(Exception exception) =>
        // What we cancel ourselves holds PostgreSQL's 57014, too.
        exception is not OperationCanceledException
        && IsOnTheList(exception);

    private static bool IsOnTheList(Exception exception) =>
        Find<StoreUnavailableException>(exception) is not null
        || Find<PostgresException>(exception) switch
        {
            { SqlState: var state } => IsUnavailableState(state),
            null => Find<NpgsqlException>(exception) is not null
                && (
                    Find<SocketException>(exception) is not null
                    || Find<IOException>(exception) is not null
                    || Find<TimeoutException>(exception) is not null
                ),
        }
        || Find<SqliteException>(exception)
            is {
                SqliteErrorCode: SqliteBusy
                    or SqliteLocked
                    or SqliteReadOnly
                    or SqliteInputOutput
                    or SqliteFull
                    or SqliteCannotOpen
            };

    /// <summary>Why the store is unavailable, in one line without secrets; null where <see cref="IsUnavailable"/> is false.</summary>
    /// <param name="exception">What was thrown.</param>
    public static string? Outage(Exception exception) => IsUnavailable(exception) ? Reason(exception) : null;

    // Connection, resources, the operator's intervention, system errors, and what other transactions or a standby stand in the way of.
    private static bool IsUnavailableState(string state) =>
        state[..2] is "08" or "53" or "58"
        || state
            is PostgresErrorCodes.AdminShutdown
                or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.QueryCanceled
                or PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure
                or PostgresErrorCodes.ReadOnlySqlTransaction
                or PostgresErrorCodes.InvalidCatalogName;

    /// <summary>Whether the store could not be reached or did not answer in time.</summary>
    /// <param name="exception">What was thrown.</param>
    public static bool IsUnreachable(Exception exception) =>
        !IsRefusedData(exception)
        && (
            Find<DbException>(exception) is not null
            || Find<TimeoutException>(exception) is not null
            || Find<SocketException>(exception) is not null
        );

    /// <summary>
    /// Whether a store that could not be used may be usable soon without anybody's doing: it starts, is full of connections,
    /// is being created. A refused password or a file that is no database stays so.
    /// </summary>
    /// <param name="exception">What was thrown.</param>
    public static bool MayPass(Exception exception)
    {
        if (Find<PostgresException>(exception) is { SqlState: var state })
        {
            return state == PostgresErrorCodes.InvalidCatalogName || state[..2] is "08" or "53" or "57";
        }

        return Find<SqliteException>(exception) is not { SqliteErrorCode: not (SqliteBusy or SqliteLocked) };
    }

    /// <summary>Why, in one line without secrets.</summary>
    /// <param name="exception">What was thrown.</param>
    public static string Reason(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var message = Find<PostgresException>(exception)?.MessageText ?? exception.GetBaseException().Message;
        return message.ReplaceLineEndings(" ").TrimEnd('.') + ".";
    }

    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteReadOnly = 8;
    private const int SqliteInputOutput = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteTooBig = 18;
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;

    private static TException? Find<TException>(Exception exception)
        where TException : Exception
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is TException found)
            {
                return found;
            }
        }

        return null;
    }
}
