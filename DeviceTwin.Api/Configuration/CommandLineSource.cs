using System.Globalization;

namespace DeviceTwin.Api.Configuration;

/// <summary>Values and switches from the command line: <c>--key=value</c>, <c>--key value</c>, <c>--switch</c>.</summary>
internal static class CommandLineSource
{
    // ASP.NET Core reads these itself; its test server passes them to every program.
    private static readonly string[] HostOptions = ["environment", "contentRoot", "applicationName"];

    /// <summary>Reads the arguments. A key that is given twice has its last value, as is usual for commands.</summary>
    /// <exception cref="SettingsException">An argument is not known, or lacks its value.</exception>
    public static (IReadOnlyList<SourcedValue> Values, IReadOnlySet<StartSwitch> Switches) Read(
        IReadOnlyList<string> arguments
    )
    {
        var values = new List<SourcedValue>();
        var switches = new HashSet<StartSwitch>();
        for (var index = 0; index < arguments.Count; index++)
        {
            var (option, value) = Split(arguments[index], index + 1);
            var origin = $"command line, {SettingText.Quote("--" + option)}";
            if (StartSwitch.All.FirstOrDefault(known => known.Name == "--" + option) is { } known)
            {
                switches.Add(value is null ? known : throw new SettingsException(origin, "takes no value"));
                continue;
            }
            var key = SettingKeys.Find(option);
            if (key is null && !HostOptions.Contains(option))
            {
                throw new SettingsException(origin, Spelling.NotKnown("the option", Nearest(option)));
            }
            value ??=
                ++index < arguments.Count && !arguments[index].StartsWith("--", StringComparison.Ordinal)
                    ? arguments[index]
                    : throw new SettingsException(origin, $"needs a value: --{option}=…");
            if (key is not null)
            {
                values.Add(new SourcedValue(key, value, $"command line, --{option}"));
            }
        }
        return (values, switches);
    }

    private static (string Option, string? Value) Split(string argument, int position)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            // The argument itself is not shown: it may be the rest of a connection string that lacks its quotes.
            throw new SettingsException(
                string.Create(CultureInfo.InvariantCulture, $"command line, argument {position}"),
                "is no option: options begin with --, and a value with spaces needs quotes"
            );
        }
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument[2..], null) : (argument[2..equals], argument[(equals + 1)..]);
    }

    private static string? Nearest(string option) =>
        Spelling.Nearest(
            "--" + option,
            SettingKeys.All.Select(key => "--" + key.Name).Concat(StartSwitch.All.Select(known => known.Name))
        );
}
