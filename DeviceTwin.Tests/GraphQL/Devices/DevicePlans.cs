using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>Asks PostgreSQL how it reads an organization's devices, before each statement that does.</summary>
public sealed class DevicePlans : DbCommandInterceptor
{
    private readonly ConcurrentQueue<string> plans = new();

    /// <summary>The plans since the last <see cref="Clear"/>, each with its statement.</summary>
    public IReadOnlyCollection<string> All => [.. plans];

    /// <summary>Forgets what was recorded.</summary>
    public void Clear() => plans.Clear();

    /// <inheritdoc />
    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(command);
        if (
            command.CommandText.Contains("FROM device AS", StringComparison.Ordinal)
            && command.CommandText.Contains("@organizationId", StringComparison.Ordinal)
        )
        {
            await using var explain = command.Connection!.CreateCommand();
#pragma warning disable CA2100 // The service's own statement.
            explain.CommandText = $"explain (analyze, costs off, timing off) {command.CommandText}";
#pragma warning restore CA2100
            explain.Parameters.AddRange(
                command.Parameters.Cast<NpgsqlParameter>().Select(parameter => parameter.Clone()).ToArray()
            );
            await using var lines = await explain.ExecuteReaderAsync(cancellationToken);
            var plan = new List<string> { command.CommandText };
            while (await lines.ReadAsync(cancellationToken))
            {
                plan.Add(lines.GetString(0));
            }

            plans.Enqueue(string.Join('\n', plan));
        }

        return result;
    }
}
