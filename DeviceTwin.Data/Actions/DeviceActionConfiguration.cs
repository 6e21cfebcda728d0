using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DeviceTwin.Data.Actions;

internal sealed class DeviceActionConfiguration : IEntityTypeConfiguration<DeviceAction>
{
    public void Configure(EntityTypeBuilder<DeviceAction> builder)
    {
        builder.ToTable("action");
        builder.HasIndex(action => action.ActionId).IsUnique();
        builder.HasIndex(action => new { action.DeviceId, action.Id });
        builder.HasIndex(action => new { action.OrganizationId, action.Id });
        builder.HasIndex(action => action.DeviceId, "ix_action_open_device").HasFilter("status in (0, 1)");
        builder
            .HasIndex(action => new { action.DeviceId, action.Id }, "ix_action_reconciliation")
            .HasFilter("is_reconciliation");
        builder.HasIndex(action => new { action.JobId, action.Id }).HasFilter("job_id is not null");
        builder.HasIndex(action => action.DueAt).HasFilter("due_at is not null");
        builder
            .HasIndex(action => new { action.OrganizationId, action.ExpiresAt })
            .HasDatabaseName("ix_action_open")
            .HasFilter("status in (0, 1)");
    }
}
