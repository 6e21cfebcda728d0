namespace DeviceTwin.Api.Configuration;

/// <summary>Values from environment variables, and from files that <c>…_FILE</c> variables name.</summary>
internal static class EnvironmentSource
{
    private const string FileSuffix = "_FILE";

    private static readonly Dictionary<string, SettingKey> ByName = SettingKeys.All.ToDictionary(key =>
        key.EnvironmentName
    );

    /// <summary>Reads the variables.</summary>
    /// <param name="environment">Every variable of the process; those of others are left alone.</param>
    /// <param name="workingDirectory">Where relative paths of files begin.</param>
    /// <exception cref="SettingsException">A name is not known, is given both ways, or its file cannot be read.</exception>
    public static IReadOnlyList<SourcedValue> Read(
        IReadOnlyDictionary<string, string> environment,
        string workingDirectory
    ) =>
        [
            .. from variable in environment
            where variable.Key.StartsWith(SettingKey.EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)
            orderby variable.Key
            select Read(variable.Key, variable.Value, environment, workingDirectory),
        ];

    private static SourcedValue Read(
        string name,
        string value,
        IReadOnlyDictionary<string, string> environment,
        string workingDirectory
    )
    {
        var origin = $"environment variable {name}";
        if (ByName.TryGetValue(name, out var key))
        {
            return new SourcedValue(key, value, origin);
        }
        var plainName = name.EndsWith(FileSuffix, StringComparison.Ordinal) ? name[..^FileSuffix.Length] : name;
        if (!ByName.TryGetValue(plainName, out var keyOfFile))
        {
            var near = Spelling.Nearest(name, ByName.Keys.SelectMany(known => new[] { known, known + FileSuffix }));
            throw new SettingsException(origin, Spelling.NotKnown("the name", near));
        }
        if (environment.ContainsKey(plainName))
        {
            throw new SettingsException(origin, $"{keyOfFile.Name} is given by {plainName} as well; keep one");
        }
        var file = SettingsFile.Locate(value, workingDirectory, origin);
        return new SourcedValue(keyOfFile, SettingsFile.Read(file, origin).Trim(), $"{origin}, file {file}");
    }
}
