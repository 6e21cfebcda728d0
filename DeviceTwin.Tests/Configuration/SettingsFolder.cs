using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Tests.Configuration;

/// <summary>A working directory of its own, gone after the test, in which settings are loaded.</summary>
internal sealed class SettingsFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-settings-");

    public Dictionary<string, string> Environment { get; } = [];

    public string PathOf(string name) => Path.Combine(folder.FullName, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public LoadedSettings Load(params string[] arguments) =>
        SettingsLoader.Load(arguments, Environment, folder.FullName);

    /// <summary>Loads what must not load; the message, which is always one line.</summary>
    public string Fault(params string[] arguments)
    {
        var message = Assert.Throws<SettingsException>(() => Load(arguments)).Message;
        Assert.DoesNotContain(message, char.IsControl);
        return message;
    }

    /// <summary>The message for a <c>config.yaml</c> without the path of its folder.</summary>
    public string YamlFault(string yaml)
    {
        var path = Write("config.yaml", yaml);
        return Fault().Replace(path, "config.yaml", StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
