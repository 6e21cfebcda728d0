using Microsoft.Extensions.Logging;

namespace DeviceTwin.Tests.Configuration;

public sealed class YamlSourceTests : IDisposable
{
    private readonly SettingsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("mqtt:\n  client:\n    id:\n      prefix: twin\n")]
    [InlineData("mqtt.client.id.prefix: twin\n")]
    [InlineData("mqtt:\n  client.id.prefix: 'twin'\n")]
    [InlineData("mqtt.client:\n  id: {prefix: twin}\n")]
    [InlineData("# mine\n---\nmqtt: {client.id: {prefix: \"twin\"}}\n...\n")]
    public void A_key_is_read_nested_dotted_or_mixed(string yaml)
    {
        folder.Write("config.yaml", yaml);

        Assert.Equal("twin", folder.Load().Settings.Mqtt.ClientIdPrefix);
    }

    [Fact]
    public void A_key_may_also_be_a_section()
    {
        folder.Write("config.yaml", "mqtt.url: broker\nmqtt:\n  tls: false\n  tls.verify.hostname: false\n");

        var mqtt = folder.Load().Settings.Mqtt;

        Assert.False(mqtt.EffectiveTls);
        Assert.False(mqtt.VerifyHostname);
    }

    [Fact]
    public void Null_in_quotes_is_a_text()
    {
        folder.Write("config.yaml", "mqtt.client.id.suffix: 'null'\n");

        Assert.Equal("null", folder.Load().Settings.Mqtt.ClientIdSuffix);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# service.port: 1\n")]
    [InlineData("---\n")]
    [InlineData("...\n")]
    [InlineData("mqtt:\n  # everything is a comment\nservice: ~\n")]
    [InlineData("mqtt: {}\n")]
    [InlineData("mqtt.shared.group: null\nmqtt.port:\n")]
    public void A_file_may_say_nothing(string yaml)
    {
        folder.Write("config.yaml", yaml);

        var settings = folder.Load().Settings;

        Assert.Equal(8040, settings.Service.Port);
        Assert.Equal(1883, settings.Mqtt.EffectivePort);
        Assert.Null(settings.Mqtt.SharedGroup);
    }

    [Theory]
    [InlineData(
        "log.level: debug\nmqtt:\n  prot: 1\n",
        "config.yaml, line 3: key \"mqtt.prot\" is not known, did you mean mqtt.port?"
    )]
    [InlineData("mqqt:\n  port: 1\n", "config.yaml, line 1: key \"mqqt\" is not known, did you mean mqtt?")]
    [InlineData(
        "Service.Port: 1\n",
        "config.yaml, line 1: key \"Service.Port\" is not known, did you mean service.port?"
    )]
    [InlineData("zebra: 1\n", "config.yaml, line 1: key \"zebra\" is not known, see --help")]
    [InlineData("zebra: [1]\n", "config.yaml, line 1: key \"zebra\" is not known, see --help")]
    public void An_unknown_key_is_told_with_its_line_and_the_nearest_known(string yaml, string message) =>
        Assert.Equal(message, folder.YamlFault(yaml));

    [Theory]
    [InlineData("mqtt:\n  port: 1\nmqtt.port: 2\n", 3, "mqtt.port", 2)]
    [InlineData("mqtt.port: 1\nmqtt.port: 1\n", 2, "mqtt.port", 1)]
    [InlineData("mqtt:\n  port: 1\nmqtt:\n  url: broker\n", 3, "mqtt", 1)]
    public void A_key_that_is_given_twice_is_told_with_both_lines(string yaml, int line, string key, int first) =>
        Assert.Equal(
            $"config.yaml, line {line}: {key} is given twice, the first time in line {first}; keep one",
            folder.YamlFault(yaml)
        );

    [Theory]
    [InlineData("service.port:\n  - 1\n", "config.yaml, line 1: service.port takes no list and no keys below it")]
    [InlineData("service.port:\n  http: 1\n", "config.yaml, line 1: service.port takes no list and no keys below it")]
    [InlineData("\ndatabase: postgres\n", "config.yaml, line 2: database is a section and takes no value itself")]
    [InlineData("service.bind: &a x\nmqtt.url: *a\n", "config.yaml, line 2: mqtt.url is an alias; write its value")]
    [InlineData("- service.port\n", "config.yaml, line 1: must hold keys with values")]
    [InlineData("hello\n", "config.yaml, line 1: must hold keys with values")]
    [InlineData("? [a]\n: b\n", "config.yaml, line 1: a key must be plain text")]
    [InlineData("log.level: debug\n---\nlog.level: trace\n", "config.yaml, line 2: begins a second document")]
    [InlineData("log.level: debug\n...\nmqtt.port: 1\n", "config.yaml, line 3: begins a second document")]
    [InlineData("...\nmqtt\"\"x\n", "config.yaml, line 1: is not YAML: ")]
    [InlineData("service:\n  port: 1\n bind: x\n", "config.yaml, line 3: is not YAML: ")]
    [InlineData("log.level: \"debug\n", "config.yaml, line 1: is not YAML: ")]
    public void A_file_of_another_shape_is_told_with_its_line(string yaml, string beginning) =>
        Assert.StartsWith(beginning, folder.YamlFault(yaml), StringComparison.Ordinal);

    [Theory]
    [InlineData("[")]
    [InlineData("{mqtt: ")]
    public void A_file_nested_a_hundred_thousand_times_is_an_error_like_any_other(string opening) =>
        Assert.StartsWith(
            "config.yaml, line 1: ",
            folder.YamlFault(string.Concat(Enumerable.Repeat(opening, 100_000))),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_wrong_value_is_told_with_its_line() =>
        Assert.Equal(
            "config.yaml, line 2: service.port must be a whole number from 0 to 65535, not \"http\"",
            folder.YamlFault("service:\n  port: http\n")
        );

    [Fact]
    public void The_file_that_CONFIG_FILE_PATH_names_is_read_instead_of_config_yaml()
    {
        folder.Write("config.yaml", "service.port: 1\n");
        folder.Write("other.yaml", "log.level: debug\n");
        folder.Environment["CONFIG_FILE_PATH"] = "other.yaml";

        var settings = folder.Load().Settings;

        Assert.Equal(8040, settings.Service.Port);
        Assert.Equal(LogLevel.Debug, settings.Log.Level);
    }

    [Theory]
    [InlineData("missing.yaml")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_CONFIG_FILE_PATH_that_cannot_be_read_is_an_error(string path)
    {
        folder.Environment["CONFIG_FILE_PATH"] = path;

        Assert.StartsWith("environment variable CONFIG_FILE_PATH: ", folder.Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_named_config_yaml_is_an_error()
    {
        Directory.CreateDirectory(folder.PathOf("config.yaml"));

        Assert.EndsWith("config.yaml is a folder, not a file", folder.Fault(), StringComparison.Ordinal);
    }
}
