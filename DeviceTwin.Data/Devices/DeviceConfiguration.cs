using DeviceTwin.Data.Desired;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DeviceTwin.Data.Devices;

internal sealed class DeviceConfiguration : IEntityTypeConfiguration<Device>
{
    public void Configure(EntityTypeBuilder<Device> builder)
    {
        builder.ToTable("device");
        builder.HasIndex(device => device.DeviceId).IsUnique();
        builder.HasIndex(device => new { device.OrganizationId, device.DeviceId });
        builder.HasIndex(device => new
        {
            device.OrganizationId,
            device.Brand,
            device.Model,
            device.Serial,
        });
        builder.HasIndex(device => new { device.OrganizationId, device.Model });
        builder.HasIndex(device => new { device.OrganizationId, device.Serial });
        builder.HasIndex(device => new { device.OrganizationId, device.StoreId });
        builder.HasIndex(device => new { device.OrganizationId, device.CreatedAt });
        builder
            .HasIndex(device => new { device.OrganizationId, device.DeletedAt })
            .HasDatabaseName("ix_device_out_of_sight")
            .HasFilter("deleted_at is not null");
        builder.HasOne(device => device.Heartbeat).WithOne().HasForeignKey<DeviceHeartbeat>(row => row.TwinId);
        builder
            .HasOne(device => device.OperatingSystem)
            .WithOne()
            .HasForeignKey<DeviceOperatingSystem>(row => row.TwinId);
        builder.HasOne(device => device.Metrics).WithOne().HasForeignKey<DeviceMetrics>(row => row.TwinId);
        builder.HasOne(device => device.Sync).WithOne().HasForeignKey<DeviceSync>(row => row.TwinId);
        builder.HasOne(device => device.Reported).WithOne().HasForeignKey<ReportedState>(row => row.TwinId);
        builder.HasMany(device => device.Snaps).WithOne().HasForeignKey(snap => snap.TwinId);
    }
}

internal sealed class DeviceHeartbeatConfiguration : IEntityTypeConfiguration<DeviceHeartbeat>
{
    public void Configure(EntityTypeBuilder<DeviceHeartbeat> builder)
    {
        builder.ToTable("device_heartbeat");
        builder.HasKey(row => row.TwinId);
        builder.Property(row => row.TwinId).ValueGeneratedNever();
    }
}

internal sealed class ConnectivityChangeConfiguration : IEntityTypeConfiguration<ConnectivityChange>
{
    public void Configure(EntityTypeBuilder<ConnectivityChange> builder)
    {
        builder.ToTable("connectivity_change");
        builder.HasIndex(change => new { change.TwinId, change.Id });
        builder.HasOne<Device>().WithMany().HasForeignKey(change => change.TwinId);
    }
}

internal sealed class DeviceOperatingSystemConfiguration : IEntityTypeConfiguration<DeviceOperatingSystem>
{
    public void Configure(EntityTypeBuilder<DeviceOperatingSystem> builder)
    {
        builder.ToTable("operating_system");
        builder.HasKey(row => row.TwinId);
        builder.Property(row => row.TwinId).ValueGeneratedNever();
    }
}

internal sealed class DeviceMetricsConfiguration : IEntityTypeConfiguration<DeviceMetrics>
{
    public void Configure(EntityTypeBuilder<DeviceMetrics> builder)
    {
        builder.ToTable("device_metrics");
        builder.HasKey(row => row.TwinId);
        builder.Property(row => row.TwinId).ValueGeneratedNever();
    }
}

internal sealed class ReportedStateConfiguration : IEntityTypeConfiguration<ReportedState>
{
    public void Configure(EntityTypeBuilder<ReportedState> builder)
    {
        builder.ToTable("reported_state");
        builder.HasKey(row => row.TwinId);
        builder.Property(row => row.TwinId).ValueGeneratedNever();
    }
}

internal sealed class SnapConfiguration : IEntityTypeConfiguration<Snap>
{
    public void Configure(EntityTypeBuilder<Snap> builder)
    {
        builder.ToTable("snap");
        builder.HasIndex(snap => new { snap.TwinId, snap.Name }).IsUnique();
        builder.HasIndex(snap => new { snap.Name, snap.TwinId });
    }
}
