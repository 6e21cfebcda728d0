using DeviceTwin.Servers;

namespace DeviceTwin.Bench.Surroundings;

/// <summary>Publishes the service in Release, from the sources that this program was built from.</summary>
internal static class ServicePublishing
{
    /// <summary>Publishes it.</summary>
    /// <param name="console">Is told, since it takes a while.</param>
    /// <returns>The DeviceTwin.Api.dll.</returns>
    /// <exception cref="ServerException">There are no sources, or they do not build.</exception>
    public static async Task<string> PublishAsync(TextWriter console)
    {
        var root =
            FindRoot()
            ?? throw new ServerException(
                "The sources were not found beside this program: name the service by --service."
            );
        var folder = Path.Combine(root, "artifacts", "bench", "service");
        await console.WriteLineAsync("Publishing the service in Release");
        await Commands.RunAsync(
            user: null,
            "dotnet",
            "publish",
            Path.Combine(root, "DeviceTwin.Api"),
            "--configuration",
            "Release",
            "--output",
            folder
        );
        return Path.Combine(folder, "DeviceTwin.Api.dll");
    }

    private static string? FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DeviceTwin.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
