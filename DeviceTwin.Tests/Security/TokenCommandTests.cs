using DeviceTwin.Api.Commands;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Security;
using DeviceTwin.Tests.Configuration;

namespace DeviceTwin.Tests.Security;

/// <summary>The command that makes tokens, and the configuration that takes them.</summary>
public sealed class TokenCommandTests : IDisposable
{
    private const string Key = "service.auth.tokens";
    private static readonly string Hash = TokenHash.Format("dtt_x");
    private readonly SettingsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("a", new[] { "a" })]
    [InlineData("a, b", new[] { "a", "b" })]
    [InlineData("*", new[] { "*" })]
    public async Task What_the_command_prints_is_a_configuration_that_knows_the_token(
        string organizations,
        string[] expected
    )
    {
        var lines = Run("create", "--name", "ci: main #1", $"--organizations={organizations}", "--role", "operator");
        var token = lines
            .Split('\n')
            .Select(line => line.Trim())
            .Single(line => line.StartsWith("dtt_", StringComparison.Ordinal));
        folder.Write("config.yaml", lines[lines.IndexOf("service.auth.provider", StringComparison.Ordinal)..]);

        var settings = folder.Load().Settings.Authentication;

        Assert.Equal(AuthenticationProvider.Token, settings.Provider);
        var known = Assert.Single(settings.Tokens);
        Assert.Equal(("ci: main #1", Role.Operator), (known.Name, known.Role));
        Assert.Equal(expected, known.Organizations);
        var reading = await new ClientTokens(settings).ReadAsync(token, CancellationToken.None);
        Assert.Equal("ci: main #1", reading.Caller?.Name);
        Assert.DoesNotContain(
            token,
            await File.ReadAllTextAsync(folder.PathOf("config.yaml")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void No_two_tokens_are_the_same() =>
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => TokenHash.CreateToken()).Distinct().Count());

    [Theory]
    [InlineData("--name is missing", "create")]
    [InlineData("--role is missing", "create", "--name", "ci", "--organizations", "a")]
    [InlineData("role must be viewer, operator or admin", "create", "--name=ci", "--organizations=a", "--role=root")]
    [InlineData("name must be", "create", "--name=service", "--organizations=a", "--role=viewer")]
    [InlineData("\"--nam\" is not known", "create", "--nam=ci")]
    [InlineData("\"--name\" is not known, given twice", "create", "--name")]
    [InlineData("The command is token create", "make")]
    [InlineData("The command is token create")]
    public void A_wrong_command_is_told_in_one_line(string problem, params string[] arguments)
    {
        using var errors = new StringWriter();

        var exitCode = TokenCommand.Run(arguments, TextWriter.Null, errors);

        Assert.Equal(SettingsStart.WrongSettings, exitCode);
        Assert.StartsWith(problem, errors.ToString(), StringComparison.Ordinal);
        Assert.Single(errors.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void The_environment_and_the_command_line_give_tokens_as_JSON()
    {
        var json = $$"""[{"name":"ci","hash":"{{Hash}}","organizations":"a,b","role":"VIEWER"}]""";

        var known = Assert.Single(
            folder.Load("--service.auth.provider=token", $"--{Key}={json}").Settings.Authentication.Tokens
        );

        Assert.Equal(["a", "b"], known.Organizations);
        Assert.Equal(Role.Viewer, known.Role);
    }

    [Theory]
    [InlineData("x", "must be a list in YAML, or JSON such as")]
    [InlineData("{}", "must be a list")]
    [InlineData("[7]", "token 1: must have name, hash, organizations and role")]
    [InlineData("""[{"nam":"ci"}]""", "token 1: \"nam\" is not known, did you mean name?")]
    [InlineData("""[{"name":"ci"}]""", "token 1: hash is missing")]
    [InlineData("""[{"name":"ci","hash":"dtt_secret"}]""", "token 1: hash must be what token create printed")]
    [InlineData("""[{"name":"ci","hash":"HASH"}]""", "token 1: organizations is missing")]
    [InlineData("""[{"name":"ci","hash":"HASH","organizations":7}]""", "token 1: organizations must be")]
    [InlineData("""[{"name":"ci","hash":"HASH","organizations":"a","role":"2"}]""", "token 1: role must be")]
    [InlineData("""[{"name":"device","hash":"HASH","organizations":"a","role":"admin"}]""", "token 1: name must be")]
    [InlineData(
        """[{"name":"ci","hash":"HASH","organizations":"a","role":"admin"},{"name":"ci","hash":"sha256:0000000000000000000000000000000000000000000000000000000000000000","organizations":"a","role":"admin"}]""",
        "two tokens have the same name"
    )]
    public void A_wrong_list_is_told_and_never_shown(string json, string problem)
    {
        var message = folder.Fault($"--{Key}={json.Replace("HASH", Hash, StringComparison.Ordinal)}");

        Assert.StartsWith($"command line, --{Key}: {Key}: {problem}", message, StringComparison.Ordinal);
        Assert.DoesNotContain("dtt_secret", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("service.auth.tokens:\n- [[[[a]]]]\n", "nests too deep")]
    [InlineData("service.auth.tokens:\n- {name: a, name: b}\n", "a key must be plain text, and stand there once")]
    [InlineData("x: &x 1\nservice.auth.tokens: [*x]\n", "key \"x\" is not known")]
    [InlineData("service.auth.tokens: &x\n- *x\n", "is an alias; write its value")]
    [InlineData("service.port: [1]\n", "service.port takes no list")]
    public void A_YAML_list_is_read_no_deeper_than_tokens_need(string yaml, string problem) =>
        Assert.Contains(problem, folder.YamlFault(yaml), StringComparison.Ordinal);

    [Theory]
    [InlineData("oidc needs service.auth.oidc.authority", "--service.auth.provider=oidc")]
    [InlineData(
        "oidc needs service.auth.oidc.authority",
        "--service.auth.provider=oidc",
        "--service.auth.oidc.authority=https://login.example.org"
    )]
    [InlineData("token needs service.auth.tokens", "--service.auth.provider=token")]
    public void A_provider_that_lacks_something_says_what(string problem, params string[] arguments) =>
        Assert.StartsWith(
            $"command line, --service.auth.provider: service.auth.provider: {problem}",
            folder.Fault(arguments),
            StringComparison.Ordinal
        );

    [Fact]
    public void Tokens_that_nobody_would_ask_for_are_an_error() =>
        Assert.Contains(
            "set it to token",
            folder.Fault($$"""--{{Key}}=[{"name":"ci","hash":"{{Hash}}","organizations":"a","role":"viewer"}]"""),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("login.example.org", "must be the issuer's URL")]
    [InlineData("ftp://login.example.org", "must be the issuer's URL")]
    [InlineData("http://login.example.org", "must be https")]
    public void An_issuer_has_an_https_URL(string authority, string problem) =>
        Assert.Contains(problem, folder.Fault($"--service.auth.oidc.authority={authority}"), StringComparison.Ordinal);

    [Fact]
    public void With_a_provider_the_service_may_listen_beyond_loopback()
    {
        var loaded = folder.Load(
            "--service.bind=0.0.0.0",
            "--service.auth.provider=oidc",
            "--service.auth.oidc.authority=http://127.0.0.1:8080/realms/fleet",
            "--service.auth.oidc.audience=devicetwin"
        );

        Assert.Equal("0.0.0.0", loaded.Settings.Service.Bind);
    }

    private static string Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.True(TokenCommand.Run(arguments, output, errors) == 0, errors.ToString());
        return output.ToString();
    }
}
