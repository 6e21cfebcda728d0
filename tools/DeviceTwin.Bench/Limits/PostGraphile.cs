using System.Globalization;
using System.Net.Sockets;
using DeviceTwin.Bench.Surroundings;
using DeviceTwin.Servers;
using Npgsql;

namespace DeviceTwin.Bench.Limits;

/// <summary>PostGraphile 5, which makes a GraphQL service out of the same tables; installed by npm beside the report, with the Node.js that it needs.</summary>
internal sealed class PostGraphile : IAsyncDisposable
{
    private static readonly string[] Packages = ["postgraphile@5.1.5", "node@22"];
    private readonly GuardedProcess process;

    private PostGraphile(GuardedProcess process, int port)
    {
        this.process = process;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    }

    /// <summary>Where it is reached.</summary>
    public Uri Address { get; }

    /// <summary>Installs it where it is not, and starts it.</summary>
    /// <returns>Null where npm is missing or cannot reach its registry.</returns>
    public static async Task<PostGraphile?> TryStartAsync(string source, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetTempPath(), "devicetwin-bench-postgraphile");
        var modules = Path.Combine(folder, "node_modules");
        var node = Path.Combine(modules, "node", "bin", "node");
        try
        {
            if (!File.Exists(node))
            {
                await Commands.RunAsync(user: null, ["npm", "install", "--silent", "--prefix", folder, .. Packages]);
            }
        }
        catch (Exception missing) when (missing is ServerException or System.ComponentModel.Win32Exception)
        {
            return null;
        }

        var connection = new NpgsqlConnectionStringBuilder(source);
        var socket = $"socket:{connection.Host}?db={connection.Database}&user={connection.Username}";
        var port = FreePort.Find();
        var program = Path.Combine(modules, ".bin", "postgraphile");
        string[] options = ["-P", "postgraphile/presets/amber", "-c", socket, "-s", "public", "-n", "127.0.0.1", "-p"];
        var server = new PostGraphile(
            GuardedProcess.Start([node, program, .. options, port.ToString(CultureInfo.InvariantCulture)]),
            port
        );
        await Answering.WaitAsync(
            () => ListensAsync(port, cancellationToken),
            "PostGraphile",
            server.process,
            cancellationToken
        );
        return server;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static async Task<bool> ListensAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
