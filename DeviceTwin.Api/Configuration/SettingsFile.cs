using System.Security;

namespace DeviceTwin.Api.Configuration;

/// <summary>Reads the files that configuration names.</summary>
internal static class SettingsFile
{
    /// <summary>The whole text of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="origin">Where the file was named.</param>
    /// <exception cref="SettingsException">It cannot be read.</exception>
    public static string Read(string path, string origin)
    {
        if (Directory.Exists(path))
        {
            throw new SettingsException(origin, $"{path} is a folder, not a file");
        }
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or SecurityException or NotSupportedException)
        {
            throw new SettingsException(origin, $"{path} cannot be read: {fault.Message}");
        }
    }

    /// <summary>The full path of a file that a setting names, seen from the working directory.</summary>
    /// <exception cref="SettingsException">It is no path.</exception>
    public static string Locate(string? path, string workingDirectory, string origin) =>
        string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal)
            ? throw new SettingsException(origin, "must be the path of a file: name one, or unset the variable")
            : Path.Combine(workingDirectory, path);
}
