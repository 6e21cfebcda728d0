using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DeviceTwin.Data.Jobs;

internal sealed class JobConfiguration : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> builder)
    {
        builder.ToTable("job");
        builder.Ignore(job => job.Pending);
        builder.HasIndex(job => job.JobId).IsUnique();
        builder.HasIndex(job => new { job.OrganizationId, job.Id });
        builder.HasIndex(job => job.LookAt).HasFilter("finished_at is null");
    }
}

internal sealed class JobDeviceConfiguration : IEntityTypeConfiguration<JobDevice>
{
    public void Configure(EntityTypeBuilder<JobDevice> builder)
    {
        builder.ToTable("job_device");
        builder.HasKey(row => new { row.JobId, row.TwinId });
        // Those of one state in the order of their turn, however many have ended.
        builder.HasIndex(row => new
        {
            row.JobId,
            row.State,
            row.TwinId,
        });
        builder.HasOne<Job>().WithMany().HasForeignKey(row => row.JobId);
    }
}
