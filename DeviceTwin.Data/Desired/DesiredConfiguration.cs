using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DeviceTwin.Data.Desired;

internal sealed class DesiredLayerConfiguration : IEntityTypeConfiguration<DesiredLayer>
{
    public void Configure(EntityTypeBuilder<DesiredLayer> builder)
    {
        builder.ToTable("desired_layer");
        builder
            .HasIndex(layer => new
            {
                layer.OrganizationId,
                layer.Kind,
                layer.Name,
            })
            .IsUnique();
        builder
            .HasIndex(layer => new { layer.OrganizationId, layer.MarkedUpTo })
            .HasDatabaseName("ix_desired_layer_marking")
            .HasFilter("marked_up_to is not null");
    }
}

internal sealed class DeviceSyncConfiguration : IEntityTypeConfiguration<DeviceSync>
{
    public void Configure(EntityTypeBuilder<DeviceSync> builder)
    {
        builder.ToTable("device_sync");
        builder.HasKey(sync => sync.TwinId);
        builder.Property(sync => sync.TwinId).ValueGeneratedNever();
        builder.HasIndex(sync => new { sync.Status, sync.TwinId });
        builder
            .HasIndex(sync => sync.TwinId)
            .HasDatabaseName("ix_device_sync_marked")
            .HasFilter("marked_by is not null");
        builder
            .HasIndex(sync => new { sync.ReconcileAt, sync.TwinId })
            .HasDatabaseName("ix_device_sync_reconcile_at")
            .HasFilter("reconcile_at is not null");
    }
}

internal sealed class DesiredDocumentConfiguration : IEntityTypeConfiguration<DesiredDocument>
{
    public void Configure(EntityTypeBuilder<DesiredDocument> builder)
    {
        builder.ToTable("desired_document");
        builder.HasKey(document => document.TwinId);
        builder.Property(document => document.TwinId).ValueGeneratedNever();
        builder.HasIndex(document => document.DueAt).HasFilter("due_at is not null");
        builder.HasOne<Devices.Device>().WithOne().HasForeignKey<DesiredDocument>(document => document.TwinId);
    }
}
