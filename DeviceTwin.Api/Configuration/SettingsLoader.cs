namespace DeviceTwin.Api.Configuration;

/// <summary>Brings the sources together; later ones win: defaults, YAML file, environment, command line.</summary>
public static class SettingsLoader
{
    /// <summary>The environment variable that names the YAML file.</summary>
    public const string FileVariable = "CONFIG_FILE_PATH";

    /// <summary>The YAML file that is read from the working directory where no other is named.</summary>
    public const string DefaultFile = "config.yaml";

    /// <summary>Reads and checks every setting.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">The environment variables.</param>
    /// <param name="workingDirectory">Where relative paths begin, and where <see cref="DefaultFile"/> is looked for.</param>
    /// <exception cref="SettingsException">Anything is wrong with a key, a value or a file.</exception>
    public static LoadedSettings Load(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string workingDirectory
    )
    {
        var (settings, origins, switches) = Read(arguments, environment, workingDirectory);
        new SettingsRules(settings, origins).Check();
        return new LoadedSettings(
            settings,
            [
                .. origins.Select(origin => new SettingOrigin(
                    origin.Key,
                    SettingKeys.Find(origin.Key)!.Show(settings),
                    origin.Value
                )),
            ],
            switches
        )
        {
            ReadAgain = () => Read(arguments, environment, workingDirectory).Settings,
        };
    }

    private static (
        Settings Settings,
        SortedDictionary<string, string> Origins,
        IReadOnlySet<StartSwitch> Switches
    ) Read(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory)
    {
        var (commandLine, switches) = CommandLineSource.Read(arguments);
        var settings = new Settings();
        var origins = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // A value that a later source replaces has to be right all the same: it is somebody's mistake that waits.
        foreach (
            var value in ReadFile(environment, workingDirectory)
                .Concat(EnvironmentSource.Read(environment, workingDirectory))
                .Concat(commandLine)
        )
        {
            value.Key.Write(settings, value.Text, value.Origin);
            origins[value.Key.Name] = value.Origin;
        }
        if (switches.Contains(StartSwitch.Demo))
        {
            PrepareDemo(settings, origins);
        }
        return (settings, origins, switches);
    }

    // What somebody named stays as it is.
    private static void PrepareDemo(Settings settings, SortedDictionary<string, string> origins)
    {
        if (origins.TryAdd("database.driver", StartSwitch.Demo.Name))
        {
            settings.Database.Driver = DatabaseDriver.Memory;
        }
        if (origins.TryAdd("log.level", StartSwitch.Demo.Name))
        {
            settings.Log.Level = LogLevel.Warning;
        }
    }

    private static IReadOnlyList<SourcedValue> ReadFile(
        IReadOnlyDictionary<string, string> environment,
        string workingDirectory
    )
    {
        if (environment.TryGetValue(FileVariable, out var named))
        {
            var origin = $"environment variable {FileVariable}";
            var file = SettingsFile.Locate(named, workingDirectory, origin);
            return YamlSource.Read(file, SettingsFile.Read(file, origin));
        }
        var path = Path.Combine(workingDirectory, DefaultFile);
        // A folder of that name is an error too: it is what Docker makes of a mount whose file is missing.
        return Path.Exists(path) ? YamlSource.Read(path, SettingsFile.Read(path, "configuration file")) : [];
    }
}
