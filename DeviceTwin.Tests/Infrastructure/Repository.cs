namespace DeviceTwin.Tests.Infrastructure;

/// <summary>The checkout that the tests were built from: its documents are tested, too.</summary>
public static class Repository
{
    /// <summary>The checkout's folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>A file's path.</summary>
    /// <param name="parts">From the repository's root.</param>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DeviceTwin.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run inside a checkout.");
        }

        return folder.FullName;
    }
}
