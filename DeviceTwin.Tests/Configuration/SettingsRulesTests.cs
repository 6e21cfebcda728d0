using System.Net;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Tests.Configuration;

public sealed class SettingsRulesTests : IDisposable
{
    private readonly SettingsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.1.2.3", "127.1.2.3")]
    [InlineData("::1", "::1")]
    public void Loopback_may_be_bound_without_authentication(string bind, string address) =>
        Assert.Equal(IPAddress.Parse(address), folder.Load($"--service.bind={bind}").Settings.Service.Address);

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.168.1.2")]
    public void Beyond_loopback_needs_insecure_while_authentication_is_disabled(string bind)
    {
        var message = folder.Fault($"--service.bind={bind}");

        Assert.StartsWith(
            $"command line, --service.bind: service.bind: {bind} is beyond loopback",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains("service.insecure: true", message, StringComparison.Ordinal);
        Assert.Equal(
            IPAddress.Parse(bind),
            folder.Load($"--service.bind={bind}", "--service.insecure=true").Settings.Service.Address
        );
    }

    [Theory]
    [InlineData("*")]
    [InlineData("my-host")]
    [InlineData("[::1]:80")]
    [InlineData("127.0.0.1:80")]
    public void Bind_must_be_an_address_or_localhost(string bind) =>
        Assert.Contains(
            "must be localhost or an IP address",
            folder.Fault($"--service.bind={bind}", "--service.insecure=true"),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.168.1.2")]
    public void The_embedded_broker_goes_beyond_loopback_with_TLS_or_where_it_is_said_to_be_insecure(string bind)
    {
        var argument = $"--mqtt.embedded.bind={bind}";
        Assert.StartsWith(
            $"command line, --mqtt.embedded.bind: mqtt.embedded.bind: {bind} is beyond loopback while mqtt.embedded.tls is off",
            folder.Fault(argument),
            StringComparison.Ordinal
        );
        Assert.Equal(8883, folder.Load(argument, "--mqtt.embedded.tls=true").Settings.Mqtt.EffectivePort);
        Assert.Equal(1883, folder.Load(argument, "--service.insecure=true").Settings.Mqtt.EffectivePort);
        Assert.Equal(bind, folder.Load(argument, "--mqtt.url=broker.example.org").Settings.Mqtt.EmbeddedBind);
        Assert.Contains(
            "must be localhost or an IP address",
            folder.Fault("--mqtt.embedded.bind=my-host", "--mqtt.embedded.tls=true"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_rule_names_the_line_of_the_key()
    {
        Assert.StartsWith(
            "config.yaml, line 3: service.bind: 0.0.0.0 is beyond loopback",
            folder.YamlFault("service:\n  port: 1\n  bind: 0.0.0.0\n"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("--graphql.page.default=501", "command line, --graphql.page.default: ")]
    [InlineData("--graphql.page.limit=49", "command line, --graphql.page.limit: ")]
    public void The_default_page_must_not_be_larger_than_the_limit(string argument, string beginning)
    {
        Assert.StartsWith(beginning, folder.Fault(argument), StringComparison.Ordinal);
        Assert.Equal(500, folder.Load("--graphql.page.default=500").Settings.GraphQL.PageDefault);
    }

    [Theory]
    [InlineData(
        "mqtts://broker.example.org:8883",
        "is a host, not a URL: write mqtt.url: broker.example.org, mqtt.port: 8883"
    )]
    [InlineData(
        "tcp://me:hunter2@broker:1883/x",
        "is a host, not a URL: write mqtt.url: broker, mqtt.port: 1883, mqtt.tls: false"
    )]
    [InlineData("mqtts://broker", "is a host, not a URL: write mqtt.url: broker")]
    [InlineData("mqtts://", "is a host, not a URL: write mqtt.url: broker.example.org")]
    [InlineData("broker:8883", "is a host without a port: write mqtt.url: broker, mqtt.port: 8883")]
    [InlineData("me:hunter2@broker:8883", "must be embedded, a host name or an IP address")]
    [InlineData("bro ker", "must be embedded, a host name or an IP address")]
    [InlineData("broker/path", "must be embedded, a host name or an IP address")]
    public void The_broker_is_named_by_its_host(string url, string problem) =>
        Assert.Equal($"command line, --mqtt.url: mqtt.url: {problem}", folder.Fault($"--mqtt.url={url}"));

    [Theory]
    [InlineData("broker.example.org")]
    [InlineData("my_broker")]
    [InlineData("10.0.0.1")]
    [InlineData("fe80::1")]
    public void A_host_is_taken_with_the_defaults_of_an_external_broker(string host)
    {
        var mqtt = folder.Load($"--mqtt.url={host}").Settings.Mqtt;

        Assert.False(mqtt.IsEmbedded);
        Assert.Equal(8883, mqtt.EffectivePort);
        Assert.True(mqtt.EffectiveTls);
    }

    [Theory]
    [InlineData("embedded")]
    [InlineData("Embedded")]
    public void The_embedded_broker_has_its_own_defaults(string url)
    {
        var mqtt = folder.Load($"--mqtt.url={url}").Settings.Mqtt;

        Assert.True(mqtt.IsEmbedded);
        Assert.Equal(1883, mqtt.EffectivePort);
        Assert.False(mqtt.EffectiveTls);
        Assert.Equal(0, folder.Load("--mqtt.port=0").Settings.Mqtt.EffectivePort);
    }

    [Theory]
    [InlineData("mqtt.tls", "--mqtt.tls=true")]
    [InlineData("mqtt.shared.group", "--mqtt.shared.group=twins")]
    [InlineData("mqtt.shared.group", "--mqtt.shared.group=a/b", "--mqtt.url=broker")]
    [InlineData("mqtt.port", "--mqtt.port=0", "--mqtt.url=broker")]
    public void What_that_broker_cannot_do_is_an_error(string key, params string[] arguments) =>
        Assert.StartsWith($"command line, --{key}: {key}: ", folder.Fault(arguments), StringComparison.Ordinal);

    [Theory]
    [InlineData("devices/health")]
    [InlineData("devices/+/health/+")]
    [InlineData("devices/health+/x")]
    [InlineData("devices/health+/+")]
    [InlineData("devices/+/#")]
    [InlineData("#")]
    [InlineData("$share/twins/devices/health/+")]
    public void A_topic_filter_has_one_plus_as_a_level_of_its_own(string filter)
    {
        Assert.StartsWith(
            "command line, --mqtt.topic.health: ",
            folder.Fault($"--mqtt.topic.health={filter}"),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "command line, --mqtt.topic.pub: ",
            folder.Fault($"--mqtt.topic.pub={filter}"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_plus_may_stand_at_any_level() =>
        Assert.Equal("+/health", folder.Load("--mqtt.topic.health=+/health").Settings.Mqtt.HealthTopic);

    [Theory]
    [InlineData("command line, --mqtt.topic.pub: ", "--mqtt.topic.health=a/+", "--mqtt.topic.pub=a/+")]
    [InlineData("command line, --mqtt.topic.health: ", "--mqtt.topic.health=devices/pub/+")]
    public void The_two_topic_filters_must_differ(string beginning, params string[] arguments) =>
        Assert.StartsWith(beginning, folder.Fault(arguments), StringComparison.Ordinal);

    [Fact]
    public void The_client_id_ends_in_the_suffix_or_the_name_of_the_host()
    {
        Assert.Equal("devicetwin-" + Environment.MachineName, folder.Load().Settings.Mqtt.ClientId);
        Assert.Equal(
            "twin-1",
            folder.Load("--mqtt.client.id.prefix=twin", "--mqtt.client.id.suffix=1").Settings.Mqtt.ClientId
        );
    }

    [Fact]
    public void Postgres_needs_a_source_and_memory_has_none()
    {
        Assert.Contains(
            "postgres needs database.source",
            folder.Fault("--database.driver=postgres"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the memory driver, which --demo chooses, has none",
            folder.Fault("--database.driver=memory", "--database.source=Data Source=a.db"),
            StringComparison.Ordinal
        );
        Assert.Equal(DatabaseSettings.DefaultSource, folder.Load().Settings.Database.Source);
    }
}
