using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DeviceTwin.Data.SetAside;

internal sealed class SetAsideItemConfiguration : IEntityTypeConfiguration<SetAsideItem>
{
    public void Configure(EntityTypeBuilder<SetAsideItem> builder)
    {
        builder.ToTable("set_aside_item");
        builder.HasIndex(item => new { item.Worker, item.Key }).IsUnique();
        builder.HasIndex(item => new { item.OrganizationId, item.Id });
        builder.HasIndex(item => item.DeviceId);
        builder.HasIndex(item => item.RetryAt).HasFilter("retry_at is not null");
    }
}
