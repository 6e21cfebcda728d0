using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DeviceTwin.Data;

/// <summary>
/// Cuts every instant that enters the store, or is compared with stored ones, to the precision of <see cref="StoredInstant"/>, and marks every
/// instant that leaves it as UTC, which SQLite forgets.
/// </summary>
public sealed class UtcInstantConverter()
    : ValueConverter<DateTime, DateTime>(
        instant => StoredInstant.Of(instant),
        stored => DateTime.SpecifyKind(stored, DateTimeKind.Utc)
    );
