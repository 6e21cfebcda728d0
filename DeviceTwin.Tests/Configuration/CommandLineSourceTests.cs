namespace DeviceTwin.Tests.Configuration;

public sealed class CommandLineSourceTests : IDisposable
{
    private readonly SettingsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--database.source=Data Source=a=b.db")]
    [InlineData("--database.source", "Data Source=a=b.db")]
    public void A_value_follows_an_equals_sign_or_stands_next(params string[] arguments) =>
        Assert.Equal("Data Source=a=b.db", folder.Load(arguments).Settings.Database.Source);

    [Fact]
    public void The_last_value_of_a_key_wins() =>
        Assert.Equal(2, folder.Load("--service.port=1", "--service.port", "2").Settings.Service.Port);

    [Fact]
    public void Switches_are_recognised()
    {
        Assert.True(folder.Load("--demo").Demo);
        Assert.True(folder.Load("--migrate-only").MigrateOnly);
        Assert.Empty(folder.Load().Switches);
    }

    [Fact]
    public void What_the_host_reads_itself_is_left_to_it() =>
        Assert.Empty(folder.Load("--environment=Test", "--contentRoot", "/tmp", "--applicationName=x").Origins);

    [Theory]
    [InlineData(
        "command line, \"--service.prot\": the option is not known, did you mean --service.port?",
        "--service.prot=1"
    )]
    [InlineData("command line, \"--dem\": the option is not known, did you mean --demo?", "--dem")]
    [InlineData("command line, \"--urls\": the option is not known, see --help", "--urls=http://*:80")]
    [InlineData("command line, \"--\": the option is not known, see --help", "--")]
    [InlineData("command line, \"--service.port\": needs a value: --service.port=…", "--service.port")]
    [InlineData("command line, \"--service.port\": needs a value: --service.port=…", "--service.port", "--demo")]
    [InlineData("command line, \"--demo\": takes no value", "--demo=true")]
    [InlineData(
        "command line, argument 2: is no option: options begin with --, and a value with spaces needs quotes",
        "--demo",
        "secret"
    )]
    [InlineData(
        "command line, --log.level: log.level is empty: give it a value, or leave it out for its default",
        "--log.level="
    )]
    public void A_wrong_argument_is_told(string message, params string[] arguments) =>
        Assert.Equal(message, folder.Fault(arguments));
}
