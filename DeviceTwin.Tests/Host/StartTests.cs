using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Host;

/// <summary>The service as a process: what it says when it starts, when it cannot, and how it ends.</summary>
public sealed class StartTests
{
    private const string AnyPort = "--service.port=0";
    private const string AnyBrokerPort = "--mqtt.port=0";

    [Fact]
    public async Task Help_lists_the_keys_and_ends()
    {
        var (code, output, errors) = await ServiceProcess.RunAsync("--help");

        Assert.Equal(0, code);
        Assert.Contains("service.port (8040)", output, StringComparison.Ordinal);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_wrong_key_is_one_line_and_exit_code_2()
    {
        var (code, _, errors) = await ServiceProcess.RunAsync("--mqtt.prot=1");

        Assert.Equal(2, code);
        Assert.Contains("--mqtt.port", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_away_is_one_line_and_exit_code_1()
    {
        var port = ClosedPort();

        var (code, output, errors) = await ServiceProcess.RunAsync(
            AnyPort,
            AnyBrokerPort,
            "--database.driver=postgres",
            $"--database.source=host=127.0.0.1 port={port} user=twin dbname=twin"
        );

        Assert.Equal(1, code);
        Assert.Contains($"127.0.0.1:{port}", Assert.Single(errors), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_comes_within_the_wait_is_waited_for()
    {
        await using var store = await TestStore.CreateEmptyAsync(StoreKind.Postgres);
        var server = await TestPostgres.GetAsync();
        await server.DropDatabaseAsync(store.ConnectionString);
        await using var service = ServiceProcess.Start(
            AnyPort,
            AnyBrokerPort,
            "--database.wait=60s",
            "--database.driver=postgres",
            $"--database.source={store.ConnectionString}"
        );
        await Eventually.BecomesTrueAsync(
            () => service.Output.Contains("Opening the", StringComparison.Ordinal),
            "it starts"
        );

        await server.CreateNamedDatabaseAsync(
            new Npgsql.NpgsqlConnectionStringBuilder(store.ConnectionString).Database!
        );

        var address = await service.WaitForAddressAsync();
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(address, "healthz/live"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Waiting_for_a_database_ends_with_Ctrl_C()
    {
        await using var service = ServiceProcess.Start(
            AnyPort,
            AnyBrokerPort,
            "--database.wait=60s",
            "--database.driver=postgres",
            $"--database.source=host=127.0.0.1 port={ClosedPort()} user=twin dbname=twin"
        );
        await Eventually.BecomesTrueAsync(
            () => service.Output.Contains("Opening the", StringComparison.Ordinal),
            "it starts"
        );

        await service.SignalAsync("INT");

        Assert.Equal(0, await service.WaitForExitAsync(TimeSpan.FromSeconds(5)));
        Assert.Empty(service.Errors);
    }

    [Fact]
    public async Task Migrate_only_brings_the_schema_and_ends()
    {
        await using var store = await TestStore.CreateEmptyAsync(StoreKind.Postgres);

        var (code, _, errors) = await ServiceProcess.RunAsync(
            "--migrate-only",
            "--database.driver=postgres",
            $"--database.source={store.ConnectionString}"
        );

        Assert.Equal(0, code);
        Assert.Empty(errors);
        await using var context = await store.OpenAsync();
        Assert.Equal(0, await context.Devices.CountAsync());
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_exit_code_1()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (code, output, errors) = await ServiceProcess.RunAsync(
            $"--service.port={port}",
            AnyBrokerPort,
            "--database.driver=memory"
        );

        Assert.Equal(1, code);
        Assert.Contains($"127.0.0.1:{port}", Assert.Single(errors), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_brokers_port_in_use_is_one_line_and_exit_code_1()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (code, _, errors) = await ServiceProcess.RunAsync(
            AnyPort,
            $"--mqtt.port={port}",
            "--database.driver=memory"
        );

        Assert.Equal(1, code);
        Assert.Contains("mqtt.port", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_none_is_one_line_that_names_the_file()
    {
        using var certificates = new TestCertificates();
        await File.WriteAllTextAsync(certificates.Authority, "nothing");

        var (code, _, errors) = await ServiceProcess.RunAsync(
            AnyPort,
            "--mqtt.url=localhost",
            "--mqtt.port=8883",
            "--database.driver=memory",
            $"--service.certificates.path={certificates.Folder}"
        );

        Assert.Equal(1, code);
        Assert.Contains(certificates.Authority, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_demo_at_once_and_clean_after_it_showed_its_screen()
    {
        await using var service = ServiceProcess.Start("--demo", AnyPort, AnyBrokerPort);
        var address = await service.WaitForAddressAsync();
        await Eventually.BecomesTrueAsync(
            () => service.Output.Contains("Ctrl+C", StringComparison.Ordinal),
            "the screen is whole"
        );
        using var client = new HttpClient();
        await Eventually.BecomesTrueAsync(
            async () => await CountDevicesAsync(client, address) == 25,
            "25 twins are there"
        );

        await service.SignalAsync("INT");

        Assert.Equal(0, await service.WaitForExitAsync(TimeSpan.FromSeconds(5)));
        Assert.Empty(service.Errors);
        Assert.InRange(service.Output.Split('\n').Length, 10, 24);
    }

    [Fact]
    public async Task The_health_switch_asks_the_service_that_runs()
    {
        await using var service = ServiceProcess.Start(AnyPort, AnyBrokerPort, "--database.driver=memory");
        var address = await service.WaitForAddressAsync();
        await Eventually.BecomesTrueAsync(
            async () => (await ServiceProcess.RunAsync("--health", $"--service.port={address.Port}")).Code == 0,
            "it is ready"
        );

        await service.SignalAsync("TERM");
        Assert.Equal(0, await service.WaitForExitAsync(TimeSpan.FromSeconds(5)));

        var (code, output, _) = await ServiceProcess.RunAsync("--health", $"--service.port={address.Port}");
        Assert.Equal(1, code);
        Assert.Contains("Nothing answers", output, StringComparison.Ordinal);
    }

    private static async Task<int> CountDevicesAsync(HttpClient client, Uri address)
    {
        using var answer = await client.PostAsJsonAsync(
            new Uri(address, "graphql"),
            new { query = """{ devices(organizationId: "demo") { totalCount } }""" }
        );
        var data = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return data.GetProperty("data").GetProperty("devices").GetProperty("totalCount").GetInt32();
    }

    private static int ClosedPort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
