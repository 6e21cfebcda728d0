using System.Text.Json;

namespace DeviceTwin.Data.SetAside;

/// <summary>The part of a statement that leaves out items that fail or are set aside.</summary>
internal static class Exclusion
{
    /// <summary>A condition, as text that follows others, that leaves ids out. Without any it is empty: the statement stays as it is measured.</summary>
    /// <param name="context">The context.</param>
    /// <param name="column">The column.</param>
    /// <param name="ids">What to leave out.</param>
    /// <param name="parameter">The place of the parameter that <see cref="Parameter"/> makes.</param>
    internal static string Without(TwinDbContext context, string column, long[] ids, int parameter) =>
        ids.Length == 0 ? ""
        : context.IsPostgres ? $" and {column} <> all({{{parameter}}})"
        : $" and {column} not in (select value from json_each({{{parameter}}}))";

    /// <summary>Ids as the parameter of a statement.</summary>
    /// <param name="context">The context.</param>
    /// <param name="ids">The ids.</param>
    internal static object Parameter(TwinDbContext context, long[] ids) =>
        context.IsPostgres ? ids : JsonSerializer.Serialize(ids);
}
