using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DeviceTwin.Data.Changes;

internal sealed class TwinChangeConfiguration : IEntityTypeConfiguration<TwinChange>
{
    public void Configure(EntityTypeBuilder<TwinChange> builder)
    {
        builder.ToTable("twin_change");
        builder.Property(change => change.GroupsJoined).HasConversion<GroupNames, GroupNamesComparer>();
        builder.Property(change => change.GroupsLeft).HasConversion<GroupNames, GroupNamesComparer>();
        builder.HasIndex(change => new { change.TransactionId, change.Id });
        builder.HasIndex(change => new
        {
            change.OrganizationId,
            change.TransactionId,
            change.Id,
        });
        builder.HasIndex(change => new
        {
            change.DeviceId,
            change.TransactionId,
            change.Id,
        });
    }

    // As JSON, of which one array can write many rows; PostgreSQL has none of arrays of different lengths.
    private sealed class GroupNames()
        : ValueConverter<IReadOnlyList<string>, string>(
            names => JsonSerializer.Serialize(names, JsonSerializerOptions.Default),
            text => JsonSerializer.Deserialize<string[]>(text, JsonSerializerOptions.Default)!
        );

    private sealed class GroupNamesComparer()
        : ValueComparer<IReadOnlyList<string>>(
            (one, other) => one == other || (one != null && other != null && one.SequenceEqual(other)),
            names => names.Count
        );
}
