namespace DeviceTwin.Tests.Configuration;

public sealed class HttpRulesTests : IDisposable
{
    private readonly SettingsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("service.tls.certificate", "a.crt", "needs service.tls.key")]
    [InlineData("service.tls.key", "a.key", "needs service.tls.certificate")]
    [InlineData("service.proxies", "10.0.0.0/8, proxy", "\"proxy\" is neither an IP address nor a network")]
    [InlineData("service.hosts", "https://twin.example.org", "is no host name: write it without scheme and port")]
    [InlineData("service.cors.origins", "*", "* would let every page that somebody visits steer devices")]
    [InlineData("service.cors.origins", "fleet.example.org", "is no origin: write it like https://fleet.example.org")]
    [InlineData("service.cors.origins", "https://fleet.example.org/", "is no origin")]
    [InlineData("graphql.documents", "trusted", "trusted needs graphql.documents.path")]
    public void What_does_not_hold_is_told_with_its_key(string key, string value, string problem)
    {
        var message = folder.Fault($"--{key}={value}");

        Assert.StartsWith($"command line, --{key}: {key}: ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_holds_is_taken()
    {
        var http = folder
            .Load(
                "--service.proxies=10.0.0.0/8, 192.0.2.1, 2001:db8::/32",
                "--service.hosts=twin.example.org, 192.0.2.7",
                "--service.cors.origins=https://fleet.example.org, http://localhost:3000",
                "--service.tls.certificate=a.crt",
                "--service.tls.key=a.key"
            )
            .Settings.Http;

        Assert.Equal(["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"], http.ProxyNetworks.Select(n => n.ToString()));
        Assert.True(http.IsHttps);
    }
}
