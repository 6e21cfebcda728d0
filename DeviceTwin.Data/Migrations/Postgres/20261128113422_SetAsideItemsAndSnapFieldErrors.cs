using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace DeviceTwin.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class SetAsideItemsAndSnapFieldErrors : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "field_errors",
                table: "snap",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.CreateTable(
                name: "set_aside_item",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation(
                            "Npgsql:ValueGenerationStrategy",
                            NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                        ),
                    worker = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    organization_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    device_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    payload = table.Column<byte[]>(type: "bytea", nullable: true),
                    tries = table.Column<int>(type: "integer", nullable: false),
                    first_failed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    set_aside_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    retry_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "set_aside_item");

            migrationBuilder.DropColumn(name: "field_errors", table: "snap");
        }
    }
}
