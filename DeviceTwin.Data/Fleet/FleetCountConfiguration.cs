using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DeviceTwin.Data.Fleet;

internal sealed class FleetCountConfiguration : IEntityTypeConfiguration<FleetCount>
{
    public void Configure(EntityTypeBuilder<FleetCount> builder)
    {
        builder.ToTable("fleet_count");
        builder.HasIndex(count => new
        {
            count.OrganizationId,
            count.Brand,
            count.Model,
        });
    }
}
