using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DeviceTwin.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SetAsideItemsAndSnapFieldErrors : Migration
    {
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
