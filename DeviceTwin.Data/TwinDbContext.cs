using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Enrollments;
using DeviceTwin.Data.Fleet;
using DeviceTwin.Data.Groups;
using DeviceTwin.Data.Jobs;
using DeviceTwin.Data.Organizations;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data;

/// <summary>The one model of the store. Its two kinds differ in provider and migrations only.</summary>
/// <param name="options">The provider's options.</param>
public abstract class TwinDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>Whether the store is PostgreSQL; otherwise it is SQLite.</summary>
    public abstract bool IsPostgres { get; }

    /// <summary>
    /// Whether a statement past the change tracker has written what the change log's readers or the outboxes wait for. (Contexts are pooled:
    /// <see cref="TwinStore"/> begins each transaction without.)
    /// </summary>
    internal bool HasNews { get; set; }

    /// <summary>Organizations that were heard of.</summary>
    public DbSet<Organization> Organizations => Set<Organization>();

    /// <summary>The twins.</summary>
    public DbSet<Device> Devices => Set<Device>();

    /// <summary>Heartbeat instants and presence, one row a twin.</summary>
    public DbSet<DeviceHeartbeat> Heartbeats => Set<DeviceHeartbeat>();

    /// <summary>Transitions between online and offline.</summary>
    public DbSet<ConnectivityChange> ConnectivityChanges => Set<ConnectivityChange>();

    /// <summary>Operating systems.</summary>
    public DbSet<DeviceOperatingSystem> OperatingSystems => Set<DeviceOperatingSystem>();

    /// <summary>Reported snaps.</summary>
    public DbSet<Snap> Snaps => Set<Snap>();

    /// <summary>CPU and memory.</summary>
    public DbSet<DeviceMetrics> Metrics => Set<DeviceMetrics>();

    /// <summary>Reported properties.</summary>
    public DbSet<ReportedState> ReportedStates => Set<ReportedState>();

    /// <summary>Layers of desired state.</summary>
    public DbSet<DesiredLayer> DesiredLayers => Set<DesiredLayer>();

    /// <summary>How far devices are from what is desired of them, one row a twin.</summary>
    public DbSet<DeviceSync> Syncs => Set<DeviceSync>();

    /// <summary>The merged desired properties as devices are told them.</summary>
    public DbSet<DesiredDocument> DesiredDocuments => Set<DesiredDocument>();

    /// <summary>Groups.</summary>
    public DbSet<Group> Groups => Set<Group>();

    /// <summary>Which device is in which group.</summary>
    public DbSet<GroupMember> GroupMembers => Set<GroupMember>();

    /// <summary>Actions and outbox.</summary>
    public DbSet<DeviceAction> Actions => Set<DeviceAction>();

    /// <summary>Jobs.</summary>
    public DbSet<Job> Jobs => Set<Job>();

    /// <summary>The devices of jobs.</summary>
    public DbSet<JobDevice> JobDevices => Set<JobDevice>();

    /// <summary>The change log.</summary>
    public DbSet<TwinChange> Changes => Set<TwinChange>();

    /// <summary>The ledger of fleet counts.</summary>
    public DbSet<FleetCount> FleetCounts => Set<FleetCount>();

    /// <summary>Devices that have not yet told who they are.</summary>
    public DbSet<Enrollment> Enrollments => Set<Enrollment>();

    /// <summary>Items that workers could not handle.</summary>
    public DbSet<SetAsideItem> SetAsideItems => Set<SetAsideItem>();

    /// <inheritdoc />
    public override Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        return Database.CurrentTransaction is null
            ? SaveAsync()
            : JoinedSaves.SaveAsync(this, SaveAsync, cancellationToken);

        Task<int> SaveAsync() => base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(TwinDbContext).Assembly);
    }

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcInstantConverter>();
    }
}
