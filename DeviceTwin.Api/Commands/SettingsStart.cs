using System.Collections;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Commands;

/// <summary>The first step of the program: settings, or an answer and the end.</summary>
public static class SettingsStart
{
    /// <summary>The exit code when anything is wrong with the configuration.</summary>
    public const int WrongSettings = 2;

    /// <summary>Reads the settings from this process's environment and working directory.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="exitCode">With which to end when there is nothing to start.</param>
    /// <returns>The settings; or null after <c>--help</c> or <c>--version</c> was answered or the fault was told.</returns>
    public static LoadedSettings? Read(string[] arguments, out int exitCode) =>
        Read(
            arguments,
            Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? ""),
            Environment.CurrentDirectory,
            Console.Out,
            Console.Error,
            out exitCode
        );

    /// <summary>As <see cref="Read(string[], out int)"/>, with everything given.</summary>
    internal static LoadedSettings? Read(
        string[] arguments,
        IReadOnlyDictionary<string, string> environment,
        string workingDirectory,
        TextWriter output,
        TextWriter errors,
        out int exitCode
    )
    {
        exitCode = 0;
        // Help is given whatever else is wrong: it may be why somebody asks.
        if (arguments.Contains(StartSwitch.Help.Name))
        {
            output.Write(HelpText.Create());
            return null;
        }
        if (arguments.Contains(StartSwitch.Version.Name))
        {
            output.WriteLine(HelpText.Version);
            return null;
        }
        try
        {
            return SettingsLoader.Load(arguments, environment, workingDirectory);
        }
        catch (SettingsException fault)
        {
            errors.WriteLine(fault.Message);
            exitCode = WrongSettings;
            return null;
        }
    }
}
