using System.Globalization;

namespace DeviceTwin.Data.Sqlite;

/// <summary>
/// How SQLite keeps an instant. EF Core and a <see cref="DateTime"/> bound to a parameter of raw SQL write this same text by
/// themselves; it is needed only where an instant travels inside another text, as in <c>json_each</c>. Without its fraction's
/// closing zeros it still orders rightly: a text that ends comes before one that goes on.
/// </summary>
public static class SqliteInstant
{
    /// <summary>The text of an instant.</summary>
    /// <param name="instant">In UTC.</param>
    public static string Text(DateTime instant) =>
        instant.ToString(@"yyyy\-MM\-dd HH\:mm\:ss.FFFFFFF", CultureInfo.InvariantCulture);
}
