using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DeviceTwin.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SnapFieldErrors : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(name: "field_errors", table: "snap", type: "TEXT", nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "field_errors", table: "snap");
        }
    }
}
