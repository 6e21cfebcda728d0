using System.Net;
using System.Net.Sockets;
using DeviceTwin.Data;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DeviceTwin.Tests.Data;

/// <summary>Which exceptions mean that the store cannot serve now: as the drivers throw them.</summary>
public sealed class StoreFaultTests
{
    [Fact]
    public async Task No_connection_to_PostgreSQL()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        Assert.True(StoreFault.IsUnavailable(await FaultOfAsync($"Host=127.0.0.1;Port={port}", "select 1")));
        Assert.True(StoreFault.IsUnavailable(await FaultOfAsync("Host=no-such-host.invalid", "select 1")));
    }

    [Theory]
    [InlineData("Timeout=1;Maximum Pool Size=1;Application Name=full", "select 1", true)]
    [InlineData("Options=-c lock_timeout\\=100ms", "begin; lock table device", true)]
    [InlineData("Options=-c statement_timeout\\=100ms", "begin; lock table device", true)]
    [InlineData("Command Timeout=1", "begin; lock table device", true)]
    [InlineData("", "begin; lock table device nowait", true)]
    [InlineData("", "select pg_terminate_backend(pg_backend_pid())", true)]
    [InlineData("", "do $$ begin raise 'x' using errcode = '53100'; end $$", true)]
    [InlineData("", "do $$ begin raise 'x' using errcode = '53300'; end $$", true)]
    [InlineData("", "do $$ begin raise 'x' using errcode = '57P03'; end $$", true)]
    [InlineData("", "do $$ begin raise 'x' using errcode = '40P01'; end $$", true)]
    [InlineData("", "do $$ begin raise 'x' using errcode = '40001'; end $$", true)]
    [InlineData("", "do $$ begin raise 'x' using errcode = '08006'; end $$", true)]
    [InlineData("", "selekt", false)]
    [InlineData("", "select 1 / 0", false)]
    [InlineData("", "select * from nothing", false)]
    [InlineData("", "do $$ begin raise 'x' using errcode = '57014'; end $$", true)]
    [InlineData("", "do $$ begin raise 'x' using errcode = 'XX000'; end $$", false)]
    [InlineData("", "do $$ begin raise 'x' using errcode = '23505'; end $$", false)]
    public async Task What_PostgreSQL_says(string more, string sql, bool isUnavailable)
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var other = new NpgsqlConnection(store.ConnectionString);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("lock table device", other);
        await hold.ExecuteNonQueryAsync();
        var source = $"{store.ConnectionString};{more}".Replace("\\=", "=", StringComparison.Ordinal);
        await using var taken = new NpgsqlConnection(source);
        if (more.Contains("Pool", StringComparison.Ordinal))
        {
            await taken.OpenAsync();
        }

        Assert.Equal(isUnavailable, StoreFault.IsUnavailable(await FaultOfAsync(source, sql)));
    }

    [Theory]
    [InlineData("Data Source=/no/such/folder/twin.db", "select 1", true)]
    [InlineData("Data Source={0};Default Timeout=1", "create table a (b)", true)]
    [InlineData("Data Source={0};Mode=ReadOnly", "create table a (b)", true)]
    [InlineData("Data Source={0}", "selekt", false)]
    [InlineData("Data Source=:memory:", "create table a (b unique); insert into a values (1), (1)", false)]
    public async Task What_SQLite_says(string source, string sql, bool isUnavailable)
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Sqlite);
        await using var holder = new SqliteConnection(store.ConnectionString);
        await holder.OpenAsync();
        await using var hold = holder.CreateCommand();
        hold.CommandText = "begin immediate";
        await hold.ExecuteNonQueryAsync();
        var file = new SqliteConnectionStringBuilder(store.ConnectionString).DataSource;

        var fault = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var connection = new SqliteConnection(source.Replace("{0}", file, StringComparison.Ordinal));
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the test's own.
            command.CommandText = sql;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        });

        Assert.True(isUnavailable == StoreFault.IsUnavailable(fault), fault.ToString());
        Assert.Equal(isUnavailable, StoreFault.IsUnavailable(new DbUpdateException("wrapped", fault)));
    }

    /// <summary>What a test cannot bring about on a disk of its own.</summary>
    [Theory]
    [InlineData(10, true)]
    [InlineData(13, true)]
    [InlineData(6, true)]
    [InlineData(11, false)]
    [InlineData(1, false)]
    public void What_SQLite_says_of_a_disk(int code, bool isUnavailable) =>
        Assert.Equal(isUnavailable, StoreFault.IsUnavailable(new SqliteException("x", code)));

    [Fact]
    public async Task What_we_cancel_ourselves_is_no_fault_of_the_store()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var context = await store.OpenAsync();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            context.Database.ExecuteSqlAsync($"select pg_sleep(30)", soon.Token)
        );

        Assert.False(StoreFault.IsUnavailable(cancelled));
        Assert.False(StoreFault.IsUnavailable(new TimeoutException()));
        Assert.False(StoreFault.IsUnavailable(new InvalidOperationException("x", new SocketException())));
        Assert.True(StoreFault.IsUnavailable(new StoreUnavailableException("x")));
    }

    private static async Task<Exception> FaultOfAsync(string source, string sql) =>
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var connection = new NpgsqlConnection(source);
            await connection.OpenAsync();
#pragma warning disable CA2100 // The statements are the test's own.
            await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        });
}
