namespace DeviceTwin.Data.Sqlite;

/// <summary>
/// A folder for as long as this process uses it: in memory where the system has a memory file system, else among the temporary
/// files. One that a killed process left behind goes when the next is made.
/// </summary>
internal sealed class PassingFolder : IDisposable
{
    private const string Prefix = "devicetwin-memory-";
    private const string LockName = "in-use";
    private readonly FileStream held;

    /// <summary>Makes the folder.</summary>
    public PassingFolder()
    {
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
        foreach (var other in Directory.GetDirectories(root, Prefix + "*"))
        {
            RemoveIfLeft(other);
        }

        Path = System.IO.Path.Combine(root, Prefix + Guid.NewGuid().ToString("N"));
        CreatePrivate(Path);
        held = Hold(Path, FileMode.CreateNew);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Removes the folder and what is in it.</summary>
    public void Dispose()
    {
        held.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // The system lets go of the lock when its process ends, however it ends.
    private static FileStream Hold(string path, FileMode mode) =>
        new(System.IO.Path.Combine(path, LockName), mode, FileAccess.ReadWrite, FileShare.None);

    private static void RemoveIfLeft(string path)
    {
        try
        {
            Hold(path, FileMode.Open).Dispose();
            Directory.Delete(path, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // In use, another user's, or being made or removed right now: not ours to remove.
        }
    }
}
