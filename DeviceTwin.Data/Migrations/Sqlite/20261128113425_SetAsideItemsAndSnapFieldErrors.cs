using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DeviceTwin.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SetAsideItemsAndSnapFieldErrors : Migration
    {
        // The release before stored instants to 100 nanoseconds here. Now all have the precision of PostgreSQL, microseconds, so that what is read
        // compares with what is stored.
        private static readonly (string Table, string[] Columns)[] Instants =
        [
            ("action", ["confirmed_at", "created_at", "due_at", "expires_at", "lease_until", "sent_at", "updated_at"]),
            ("connectivity_change", ["at"]),
            ("desired_document", ["due_at", "lease_until"]),
            ("desired_layer", ["updated_at"]),
            ("device", ["created_at", "deleted_at", "snaps_reported_at"]),
            ("device_group", ["created_at"]),
            ("device_heartbeat", ["heartbeat_at", "last_seen_at"]),
            ("device_metrics", ["at"]),
            ("device_sync", ["attempts_since", "reconcile_at"]),
            ("enrollment", ["heartbeat_at", "last_seen_at"]),
            ("job", ["created_at", "expires_at", "finished_at", "look_at"]),
            ("organization", ["created_at"]),
            ("reported_state", ["updated_at"]),
            ("snap", ["installed_at"]),
            ("twin_change", ["at"]),
        ];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(name: "field_errors", table: "snap", type: "TEXT", nullable: true);

            migrationBuilder.CreateTable(
                name: "set_aside_item",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    worker = table.Column<string>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    organization_id = table.Column<string>(type: "TEXT", nullable: true),
                    device_id = table.Column<string>(type: "TEXT", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: false),
                    payload = table.Column<byte[]>(type: "BLOB", nullable: true),
                    tries = table.Column<int>(type: "INTEGER", nullable: false),
                    first_failed_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    set_aside_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    retry_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_set_aside_item", x => x.id);
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_set_aside_item_device_id",
                table: "set_aside_item",
                column: "device_id"
            );

            migrationBuilder.CreateIndex(
                name: "ix_set_aside_item_organization_id_id",
                table: "set_aside_item",
                columns: new[] { "organization_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_set_aside_item_retry_at",
                table: "set_aside_item",
                column: "retry_at",
                filter: "retry_at is not null"
            );

            migrationBuilder.CreateIndex(
                name: "ix_set_aside_item_worker_key",
                table: "set_aside_item",
                columns: new[] { "worker", "key" },
                unique: true
            );

            foreach (var (table, columns) in Instants)
            {
                foreach (var column in columns)
                {
                    // yyyy-MM-dd HH:mm:ss.FFFFFFF: closing zeros are not written, nor a point without digits.
                    migrationBuilder.Sql(
                        $"update {table} set {column} = rtrim(rtrim(substr({column}, 1, 26), '0'), '.') where length({column}) > 26"
                    );
                }
            }
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "set_aside_item");

            migrationBuilder.DropColumn(name: "field_errors", table: "snap");
        }
    }
}
