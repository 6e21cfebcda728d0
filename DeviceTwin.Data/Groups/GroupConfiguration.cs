using DeviceTwin.Data.Devices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DeviceTwin.Data.Groups;

internal sealed class GroupConfiguration : IEntityTypeConfiguration<Group>
{
    public void Configure(EntityTypeBuilder<Group> builder)
    {
        builder.ToTable("device_group");
        builder.HasIndex(group => new { group.OrganizationId, group.Name }).IsUnique();
        builder
            .HasMany(group => group.Devices)
            .WithMany(device => device.Groups)
            .UsingEntity<GroupMember>(
                member => member.HasOne<Device>().WithMany().HasForeignKey(row => row.TwinId),
                member => member.HasOne<Group>().WithMany().HasForeignKey(row => row.GroupId),
                member =>
                {
                    member.ToTable("device_group_member");
                    member.HasKey(row => new { row.GroupId, row.TwinId });
                    member.HasIndex(row => row.TwinId);
                }
            );
    }
}
