using System.Diagnostics;

namespace DeviceTwin.Servers;

/// <summary>Programs of the machine.</summary>
public static class Commands
{
    /// <summary>Where a program stands.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="folders">Folders to look in before PATH.</param>
    /// <returns>Its full path, or null where it is not installed.</returns>
    public static string? Find(string name, params IEnumerable<string> folders) =>
        folders
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            // Debian keeps servers here, which is not on every user's PATH.
            .Concat(["/usr/local/sbin", "/usr/sbin", "/opt/homebrew/sbin"])
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end and gives what it wrote.</summary>
    /// <param name="user">As whom, when we are root; null for ourselves.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <exception cref="ServerException">It failed; the message holds what it wrote.</exception>
    public static async Task<string> RunAsync(string? user, params string[] command)
    {
        using var process = Process.Start(As(user, command))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new ServerException(
                $"'{string.Join(' ', command)}' ended with {process.ExitCode}: {await output} {await error}"
            );
    }

    internal static ProcessStartInfo As(string? user, params IEnumerable<string> command)
    {
        string[] words =
            user is not null && Environment.IsPrivilegedProcess
                ? ["runuser", "-u", user, "--", .. command]
                : [.. command];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            // A user that is not ourselves may not enter our folder.
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return start;
    }
}
