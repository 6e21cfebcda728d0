using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DeviceTwin.Data;

/// <summary>Marks every instant that leaves the store as UTC, which SQLite forgets.</summary>
public sealed class UtcInstantConverter()
    : ValueConverter<DateTime, DateTime>(instant => instant, stored => DateTime.SpecifyKind(stored, DateTimeKind.Utc));
