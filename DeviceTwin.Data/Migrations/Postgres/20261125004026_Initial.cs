using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace DeviceTwin.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "action",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation(
                            "Npgsql:ValueGenerationStrategy",
                            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                        ),
                    action_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    organization_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    device_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    snap = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    data = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    status = table.Column<int>(type: "integer", nullable: false),
                    message = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    sent_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    expires_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    confirmed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    requested_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    job_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    is_question = table.Column<bool>(type: "boolean", nullable: false),
                    is_reconciliation = table.Column<bool>(type: "boolean", nullable: false),
                    due_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    lease_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    revision_before = table.Column<int>(type: "integer", nullable: true),
                    channel_before = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_action", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "desired_layer",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation(
                            "Npgsql:ValueGenerationStrategy",
                            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                        ),
                    organization_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    properties = table.Column<string>(type: "jsonb", nullable: false),
                    snaps = table.Column<string>(type: "jsonb", nullable: false),
                    priority = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    updated_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    updated_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    marked_up_to = table.Column<long>(type: "bigint", nullable: true),
                    unmarked = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_layer", x => x.id);
                }
            );

            migrationBuilder
                .CreateTable(
                    name: "device",
                    columns: table => new
                    {
                        id = table
                            .Column<long>(type: "bigint", nullable: false)
                            .Annotation(
                                "Npgsql:ValueGenerationStrategy",
                                NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                            ),
                        organization_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                        device_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                        brand = table.Column<string>(type: "text", nullable: false, collation: "C"),
                        model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                        serial = table.Column<string>(type: "text", nullable: false, collation: "C"),
                        store_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                        device_key = table.Column<string>(type: "text", nullable: true, collation: "C"),
                        created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                        deleted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                        tags = table.Column<string>(type: "jsonb", nullable: false),
                        tags_version = table.Column<int>(type: "integer", nullable: false),
                        snap_list_hash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                        installed_snaps_hash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                        snaps_reported_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    },
                    constraints: table =>
                    {
                        table.PrimaryKey("pk_device", x => x.id);
                    }
                )
                .Annotation("Npgsql:StorageParameter:fillfactor", 85);

            migrationBuilder.CreateTable(
                name: "device_group",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation(
                            "Npgsql:ValueGenerationStrategy",
                            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                        ),
                    organization_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_group", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "enrollment",
                columns: table => new
                {
                    device_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    organization_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    heartbeat_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_seen_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    snap_list_hash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    installed_snaps_hash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_enrollment", x => x.device_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "fleet_count",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation(
                            "Npgsql:ValueGenerationStrategy",
                            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                        ),
                    organization_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    brand = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    total = table.Column<int>(type: "integer", nullable: false),
                    online = table.Column<int>(type: "integer", nullable: false),
                    offline = table.Column<int>(type: "integer", nullable: false),
                    never_seen = table.Column<int>(type: "integer", nullable: false),
                    in_sync = table.Column<int>(type: "integer", nullable: false),
                    drifted = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_fleet_count", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "job",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation(
                            "Npgsql:ValueGenerationStrategy",
                            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                        ),
                    job_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    organization_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    snap = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    data = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    concurrency = table.Column<int>(type: "integer", nullable: false),
                    max_failure_percent = table.Column<int>(type: "integer", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    total = table.Column<int>(type: "integer", nullable: false),
                    succeeded = table.Column<int>(type: "integer", nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    requested_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    stopped_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    look_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "organization",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_organization", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "twin_change",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation(
                            "Npgsql:ValueGenerationStrategy",
                            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                        ),
                    transaction_id = table.Column<long>(
                        type: "bigint",
                        nullable: false,
                        defaultValueSql: "(pg_current_xact_id()::text)::bigint"
                    ),
                    organization_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    device_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    kinds = table.Column<int>(type: "integer", nullable: false),
                    action_row_id = table.Column<long>(type: "bigint", nullable: true),
                    action_status = table.Column<int>(type: "integer", nullable: true),
                    groups_joined = table.Column<string>(type: "jsonb", nullable: true),
                    groups_left = table.Column<string>(type: "jsonb", nullable: true),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_twin_change", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "connectivity_change",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation(
                            "Npgsql:ValueGenerationStrategy",
                            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                        ),
                    twin_id = table.Column<long>(type: "bigint", nullable: false),
                    connectivity = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_connectivity_change", x => x.id);
                    table.ForeignKey(
                        name: "fk_connectivity_change_devices_twin_id",
                        column: x => x.twin_id,
                        principalTable: "device",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "desired_document",
                columns: table => new
                {
                    twin_id = table.Column<long>(type: "bigint", nullable: false),
                    properties = table.Column<string>(type: "jsonb", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    lease_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_document", x => x.twin_id);
                    table.ForeignKey(
                        name: "fk_desired_document_devices_twin_id",
                        column: x => x.twin_id,
                        principalTable: "device",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder
                .CreateTable(
                    name: "device_heartbeat",
                    columns: table => new
                    {
                        twin_id = table.Column<long>(type: "bigint", nullable: false),
                        heartbeat_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                        last_seen_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                        connectivity = table.Column<int>(type: "integer", nullable: false),
                    },
                    constraints: table =>
                    {
                        table.PrimaryKey("pk_device_heartbeat", x => x.twin_id);
                        table.ForeignKey(
                            name: "fk_device_heartbeat_device_twin_id",
                            column: x => x.twin_id,
                            principalTable: "device",
                            principalColumn: "id",
                            onDelete: ReferentialAction.Cascade
                        );
                    }
                )
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_cost_delay", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003)
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.CreateTable(
                name: "device_metrics",
                columns: table => new
                {
                    twin_id = table.Column<long>(type: "bigint", nullable: false),
                    memory_total_bytes = table.Column<long>(type: "bigint", nullable: true),
                    memory_used_bytes = table.Column<long>(type: "bigint", nullable: true),
                    memory_used_percent = table.Column<double>(type: "double precision", nullable: true),
                    cpu_user_seconds = table.Column<double>(type: "double precision", nullable: true),
                    cpu_system_seconds = table.Column<double>(type: "double precision", nullable: true),
                    cpu_total_seconds = table.Column<double>(type: "double precision", nullable: true),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_metrics", x => x.twin_id);
                    table.ForeignKey(
                        name: "fk_device_metrics_device_twin_id",
                        column: x => x.twin_id,
                        principalTable: "device",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "device_sync",
                columns: table => new
                {
                    twin_id = table.Column<long>(type: "bigint", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    marked_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    reconcile_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    attempts_since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_sync", x => x.twin_id);
                    table.ForeignKey(
                        name: "fk_device_sync_device_twin_id",
                        column: x => x.twin_id,
                        principalTable: "device",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "operating_system",
                columns: table => new
                {
                    twin_id = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    series = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    os_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    os_version_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    on_classic = table.Column<bool>(type: "boolean", nullable: false),
                    kernel_version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_operating_system", x => x.twin_id);
                    table.ForeignKey(
                        name: "fk_operating_system_device_twin_id",
                        column: x => x.twin_id,
                        principalTable: "device",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "reported_state",
                columns: table => new
                {
                    twin_id = table.Column<long>(type: "bigint", nullable: false),
                    properties = table.Column<string>(type: "jsonb", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    updated_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reported_state", x => x.twin_id);
                    table.ForeignKey(
                        name: "fk_reported_state_device_twin_id",
                        column: x => x.twin_id,
                        principalTable: "device",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "snap",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation(
                            "Npgsql:ValueGenerationStrategy",
                            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                        ),
                    twin_id = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    store_snap_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    channel = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    confinement = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    status = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    devmode = table.Column<bool>(type: "boolean", nullable: false),
                    installed_size = table.Column<long>(type: "bigint", nullable: false),
                    installed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    config = table.Column<string>(type: "jsonb", nullable: true),
                    services = table.Column<string>(type: "jsonb", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_snap", x => x.id);
                    table.ForeignKey(
                        name: "fk_snap_device_twin_id",
                        column: x => x.twin_id,
                        principalTable: "device",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "device_group_member",
                columns: table => new
                {
                    group_id = table.Column<long>(type: "bigint", nullable: false),
                    twin_id = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_group_member", x => new { x.group_id, x.twin_id });
                    table.ForeignKey(
                        name: "fk_device_group_member_device_group_group_id",
                        column: x => x.group_id,
                        principalTable: "device_group",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_device_group_member_device_twin_id",
                        column: x => x.twin_id,
                        principalTable: "device",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "job_device",
                columns: table => new
                {
                    job_id = table.Column<long>(type: "bigint", nullable: false),
                    twin_id = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<int>(type: "integer", nullable: false),
                    action_row_id = table.Column<long>(type: "bigint", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job_device", x => new { x.job_id, x.twin_id });
                    table.ForeignKey(
                        name: "fk_job_device_job_job_id",
                        column: x => x.job_id,
                        principalTable: "job",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_action_action_id",
                table: "action",
                column: "action_id",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_action_device_id",
                table: "action",
                column: "device_id",
                filter: "status in (0, 1)"
            );

            migrationBuilder.CreateIndex(
                name: "ix_action_device_id_id",
                table: "action",
                columns: new[] { "device_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_action_device_id_id1",
                table: "action",
                columns: new[] { "device_id", "id" },
                filter: "is_reconciliation"
            );

            migrationBuilder.CreateIndex(
                name: "ix_action_due_at",
                table: "action",
                column: "due_at",
                filter: "due_at is not null"
            );

            migrationBuilder.CreateIndex(
                name: "ix_action_job_id_id",
                table: "action",
                columns: new[] { "job_id", "id" },
                filter: "job_id is not null"
            );

            migrationBuilder.CreateIndex(
                name: "ix_action_open",
                table: "action",
                columns: new[] { "organization_id", "expires_at" },
                filter: "status in (0, 1)"
            );

            migrationBuilder.CreateIndex(
                name: "ix_action_organization_id_id",
                table: "action",
                columns: new[] { "organization_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_connectivity_change_twin_id_id",
                table: "connectivity_change",
                columns: new[] { "twin_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_desired_document_due_at",
                table: "desired_document",
                column: "due_at",
                filter: "due_at is not null"
            );

            migrationBuilder.CreateIndex(
                name: "ix_desired_layer_marking",
                table: "desired_layer",
                columns: new[] { "organization_id", "marked_up_to" },
                filter: "marked_up_to is not null"
            );

            migrationBuilder.CreateIndex(
                name: "ix_desired_layer_organization_id_kind_name",
                table: "desired_layer",
                columns: new[] { "organization_id", "kind", "name" },
                unique: true
            );

            migrationBuilder
                .CreateIndex(name: "ix_device_device_id", table: "device", column: "device_id", unique: true)
                .Annotation("Npgsql:IndexOperators", new[] { "text_pattern_ops" });

            migrationBuilder.CreateIndex(
                name: "ix_device_organization_id_brand_model_serial",
                table: "device",
                columns: new[] { "organization_id", "brand", "model", "serial" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_organization_id_created_at",
                table: "device",
                columns: new[] { "organization_id", "created_at" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_organization_id_device_id",
                table: "device",
                columns: new[] { "organization_id", "device_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_organization_id_model",
                table: "device",
                columns: new[] { "organization_id", "model" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_organization_id_serial",
                table: "device",
                columns: new[] { "organization_id", "serial" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_organization_id_store_id",
                table: "device",
                columns: new[] { "organization_id", "store_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_out_of_sight",
                table: "device",
                columns: new[] { "organization_id", "deleted_at" },
                filter: "deleted_at is not null"
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_group_organization_id_name",
                table: "device_group",
                columns: new[] { "organization_id", "name" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_group_member_twin_id",
                table: "device_group_member",
                column: "twin_id"
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_heartbeat_connectivity_twin_id",
                table: "device_heartbeat",
                columns: new[] { "connectivity", "twin_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_sync_marked",
                table: "device_sync",
                column: "twin_id",
                unique: true,
                filter: "marked_by is not null"
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_sync_reconcile_at",
                table: "device_sync",
                columns: new[] { "reconcile_at", "twin_id" },
                filter: "reconcile_at is not null"
            );

            migrationBuilder.CreateIndex(
                name: "ix_device_sync_status_twin_id",
                table: "device_sync",
                columns: new[] { "status", "twin_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_fleet_count_organization_id_brand_model",
                table: "fleet_count",
                columns: new[] { "organization_id", "brand", "model" }
            );

            migrationBuilder.CreateIndex(name: "ix_job_job_id", table: "job", column: "job_id", unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_job_look_at",
                table: "job",
                column: "look_at",
                filter: "finished_at is null"
            );

            migrationBuilder.CreateIndex(
                name: "ix_job_organization_id_id",
                table: "job",
                columns: new[] { "organization_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_job_device_job_id_state_twin_id",
                table: "job_device",
                columns: new[] { "job_id", "state", "twin_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_snap_name_twin_id",
                table: "snap",
                columns: new[] { "name", "twin_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_snap_twin_id_name",
                table: "snap",
                columns: new[] { "twin_id", "name" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_twin_change_device_id_transaction_id_id",
                table: "twin_change",
                columns: new[] { "device_id", "transaction_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_twin_change_organization_id_transaction_id_id",
                table: "twin_change",
                columns: new[] { "organization_id", "transaction_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_twin_change_transaction_id_id",
                table: "twin_change",
                columns: new[] { "transaction_id", "id" }
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "action");

            migrationBuilder.DropTable(name: "connectivity_change");

            migrationBuilder.DropTable(name: "desired_document");

            migrationBuilder.DropTable(name: "desired_layer");

            migrationBuilder.DropTable(name: "device_group_member");

            migrationBuilder.DropTable(name: "device_heartbeat");

            migrationBuilder.DropTable(name: "device_metrics");

            migrationBuilder.DropTable(name: "device_sync");

            migrationBuilder.DropTable(name: "enrollment");

            migrationBuilder.DropTable(name: "fleet_count");

            migrationBuilder.DropTable(name: "job_device");

            migrationBuilder.DropTable(name: "operating_system");

            migrationBuilder.DropTable(name: "organization");

            migrationBuilder.DropTable(name: "reported_state");

            migrationBuilder.DropTable(name: "snap");

            migrationBuilder.DropTable(name: "twin_change");

            migrationBuilder.DropTable(name: "device_group");

            migrationBuilder.DropTable(name: "job");

            migrationBuilder.DropTable(name: "device");
        }
    }
}
