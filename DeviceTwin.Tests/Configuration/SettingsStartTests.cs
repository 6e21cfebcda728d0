using DeviceTwin.Api.Commands;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Tests.Configuration;

public sealed class SettingsStartTests
{
    private readonly StringWriter output = new();
    private readonly StringWriter errors = new();

    [Fact]
    public void Help_lists_every_key_with_default_and_meaning_and_every_switch()
    {
        Assert.Equal(0, Start("--help"));

        var words = string.Join(' ', output.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.All(
            SettingKeys.All,
            key => Assert.Contains($" {key.Name} ({key.Default}) {key.Meaning}".Replace("`", ""), words)
        );
        Assert.All(StartSwitch.All, known => Assert.Contains($" {known.Name} {known.Meaning}", words));
    }

    [Fact]
    public void Help_fits_a_terminal_of_100_columns()
    {
        Start("--help");

        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void Help_is_given_whatever_else_is_wrong()
    {
        Assert.Equal(0, Start("--zebra", "--help"));
        Assert.Empty(errors.ToString());
    }

    [Fact]
    public void The_version_is_shown()
    {
        Assert.Equal(0, Start("--version"));

        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", output.ToString());
    }

    [Fact]
    public void A_fault_is_one_line_on_the_error_stream_and_a_code_of_its_own()
    {
        Assert.Equal(SettingsStart.WrongSettings, Start("--service.port=x"));

        Assert.Equal(
            "command line, --service.port: service.port must be a whole number from 0 to 65535, not \"x\"\n",
            errors.ToString()
        );
        Assert.Empty(output.ToString());
    }

    /// <summary>The exit code of a start that ends at once.</summary>
    private int Start(params string[] arguments)
    {
        using var folder = new SettingsFolder();
        Assert.Null(
            SettingsStart.Read(arguments, folder.Environment, folder.PathOf(""), output, errors, out var exitCode)
        );
        return exitCode;
    }
}
