using DeviceTwin.Api.Configuration;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DeviceTwin.Tests.Configuration;

/// <summary>Whatever is given, the loader loads or says what is wrong in one line.</summary>
public sealed class RandomInputTests
{
    private static readonly string[] Pieces =
    [
        .. SettingKeys.All.Select(key => key.Name),
        .. SettingKeys.All.SelectMany(key => key.Name.Split('.')).Distinct(),
        .. new[]
        {
            ": ",
            ":\n  ",
            ":\n    ",
            "\n",
            "\n- ",
            "{",
            "}",
            "[",
            "]",
            ",",
            "&a ",
            "*a",
            "!!str ",
            "|\n ",
            ">-\n ",
        },
        .. new[]
        {
            "'",
            "\"",
            "\\",
            "#",
            "%",
            "?",
            "@",
            "`",
            "<<",
            "---\n",
            "...\n",
            "\t",
            "\0",
            "\u2028",
            "\ud800",
            "\ufeff",
        },
        .. new[]
        {
            "true",
            "null",
            "~",
            "0",
            "-1",
            "15m",
            "7d",
            "postgres",
            "memory",
            "0.0.0.0",
            "::1",
            "mqtt://a:1/",
            "+",
            "/",
        },
        .. new[] { "99999999999999999999d", "é", "xn--", "[::1]", "http://[", "a:99999", "=", " " },
    ];

    private static readonly Gen<string> Text = Gen.OneOf(
            Gen.Elements(Pieces),
            Gen.Elements(Pieces),
            ArbMap.Default.GeneratorFor<char>().Select(c => c.ToString())
        )
        .ArrayOf()
        .Select(string.Concat);

    private static readonly Gen<string> Name = Gen.Elements(SettingKeys.All.Select(key => key.Name).ToArray());

    private static readonly Gen<string> File = Gen.OneOf(
        Text,
        Name.Zip(Text).Select(line => $"{line.Item1}: {line.Item2}\n").ArrayOf().Select(string.Concat)
    );

    [Property(MaxTest = 1_000)]
    public Property A_random_file_loads_or_is_told() => Holds(File, yaml => YamlSource.Read("config.yaml", yaml));

    [Property(MaxTest = 1_000)]
    public Property A_random_value_of_any_key_loads_or_is_told() =>
        Holds(Name.Zip(Text), given => Load([$"--{given.Item1}={given.Item2}"], []));

    [Property(MaxTest = 500)]
    public Property Random_arguments_load_or_are_told() =>
        Holds(Text.Select(text => "--" + text).Or(Text).ArrayOf(), arguments => Load(arguments, []));

    [Property(MaxTest = 500)]
    public Property Random_variables_load_or_are_told() =>
        Holds(
            Gen.Elements("IOTDEVICETWIN_", "IOTDEVICETWIN_DATABASE_SOURCE_FILE", "CONFIG_FILE_PATH")
                .Zip(Text)
                .Zip(Text),
            given =>
            {
                var ((prefix, name), value) = given;
                var variable = prefix.EndsWith('_') ? prefix + name.Replace('.', '_').ToUpperInvariant() : prefix;
                Load([], new Dictionary<string, string> { [variable] = value });
            }
        );

    private static Property Holds<T>(Gen<T> inputs, Action<T> load) =>
        Prop.ForAll(
            inputs.ToArbitrary(),
            input =>
            {
                try
                {
                    load(input);
                }
                catch (SettingsException fault)
                {
                    return fault.Message.Length > 0 && !fault.Message.Any(c => char.IsControl(c) || c == '\u2028');
                }
                return true;
            }
        );

    // A folder that does not exist has no config.yaml, and no file that a variable could name.
    private static void Load(string[] arguments, Dictionary<string, string> environment) =>
        SettingsLoader.Load(arguments, environment, "/nowhere");
}
