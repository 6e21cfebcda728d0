using DeviceTwin.Api.Configuration;
using Microsoft.Extensions.Logging;

namespace DeviceTwin.Tests.Configuration;

public sealed class EnvironmentSourceTests : IDisposable
{
    private readonly SettingsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_variable_is_the_key_in_upper_case_with_underscores()
    {
        folder.Environment["IOTDEVICETWIN_MQTT_CLIENT_ID_PREFIX"] = "twin";
        folder.Environment["PATH"] = "/bin";

        Assert.Equal("twin", folder.Load().Settings.Mqtt.ClientIdPrefix);
    }

    [Theory]
    [InlineData(
        "IOTDEVICETWIN_SERVICE_PROT",
        "environment variable IOTDEVICETWIN_SERVICE_PROT: the name is not known, did you mean IOTDEVICETWIN_SERVICE_PORT?"
    )]
    [InlineData(
        "iotdevicetwin_service_port",
        "environment variable iotdevicetwin_service_port: the name is not known, did you mean IOTDEVICETWIN_SERVICE_PORT?"
    )]
    [InlineData("IOTDEVICETWIN_ZEBRA", "environment variable IOTDEVICETWIN_ZEBRA: the name is not known, see --help")]
    public void An_unknown_name_is_told_with_the_nearest_known(string name, string message)
    {
        folder.Environment[name] = "1";

        Assert.Equal(message, folder.Fault());
    }

    [Fact]
    public void A_wrong_value_is_told_with_the_variable()
    {
        folder.Environment["IOTDEVICETWIN_ACTION_TIMEOUT"] = "15";

        Assert.Equal(
            "environment variable IOTDEVICETWIN_ACTION_TIMEOUT: action.timeout must be a duration from 1s to 3650d, "
                + "written like 250ms, 150s, 15m, 12h or 7d, not \"15\"",
            folder.Fault()
        );
    }

    [Fact]
    public void Every_key_can_be_given_by_a_file()
    {
        foreach (var key in SettingKeys.All)
        {
            var value = ValueOf(key.Name);
            folder.Environment[key.EnvironmentName + "_FILE"] = folder.Write(key.Name, $"\n {value}\n");
        }

        var loaded = folder.Load();

        Assert.Equal(SettingKeys.All.Count, loaded.Origins.Count);
        Assert.Equal(LogLevel.Debug, loaded.Settings.Log.Level);
        Assert.All(loaded.Origins, origin => Assert.EndsWith(folder.PathOf(origin.Key), origin.Origin));
    }

    [Fact]
    public void A_relative_secret_file_is_seen_from_the_working_directory()
    {
        folder.Write("secret", "Data Source=other.db\n");
        folder.Environment["IOTDEVICETWIN_DATABASE_SOURCE_FILE"] = "secret";

        Assert.Equal("Data Source=other.db", folder.Load().Settings.Database.Source);
    }

    [Fact]
    public void A_secret_file_that_cannot_be_read_is_told()
    {
        var missing = folder.PathOf("missing");
        folder.Environment["IOTDEVICETWIN_DATABASE_SOURCE_FILE"] = missing;

        Assert.StartsWith(
            $"environment variable IOTDEVICETWIN_DATABASE_SOURCE_FILE: {missing} cannot be read: ",
            folder.Fault(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_value_and_a_file_for_the_same_key_are_an_error()
    {
        folder.Environment["IOTDEVICETWIN_DATABASE_SOURCE"] = "Data Source=a.db";
        folder.Environment["IOTDEVICETWIN_DATABASE_SOURCE_FILE"] = folder.Write("secret", "Data Source=b.db");

        Assert.Equal(
            "environment variable IOTDEVICETWIN_DATABASE_SOURCE_FILE: "
                + "database.source is given by IOTDEVICETWIN_DATABASE_SOURCE as well; keep one",
            folder.Fault()
        );
    }

    [Fact]
    public void No_two_variables_have_one_name()
    {
        var names = SettingKeys.All.Select(key => key.EnvironmentName).ToList();

        Assert.Distinct(names.Concat(names.Select(name => name + "_FILE")));
    }

    /// <summary>The default where it can be written, else a value that is right for the key.</summary>
    private static string ValueOf(string key) =>
        key switch
        {
            "log.level" => "debug",
            "mqtt.port" => "1884",
            "mqtt.tls" => "false",
            "mqtt.client.id.suffix" or "mqtt.embedded.retained.path" => "one",
            "mqtt.shared.group" or "service.proxies" or "service.hosts" or "service.cors.origins" => "",
            "service.auth.oidc.authority" => "https://login.example.org",
            "service.auth.oidc.audience" => "devicetwin",
            "service.auth.tokens" => "[]",
            "database.source" => "Data Source=other.db",
            _ => SettingKeys.Find(key)!.Show(new Settings()),
        };
}
