using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DeviceTwin.Data.Changes;

internal sealed class TwinChangeConfiguration : IEntityTypeConfiguration<TwinChange>
{
    public void Configure(EntityTypeBuilder<TwinChange> builder)
    {
        builder.ToTable("twin_change");
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
}
