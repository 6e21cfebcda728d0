using System.Text.Json;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Commands;

/// <summary>The command that makes a client token: it prints the token once, and the lines of the configuration that know it.</summary>
public static class TokenCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "token";

    /// <summary>How it is called.</summary>
    public const string Usage = "token create --name ci --organizations acme,other|* --role viewer|operator|admin";

    /// <summary>What it is for.</summary>
    public const string Meaning =
        "Makes a client token and prints it once, with the lines of the configuration that know it.";

    private static readonly string[] Options = ["--name", "--organizations", "--role"];

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">What stands behind its name.</param>
    /// <param name="output">Takes the token.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        try
        {
            output.Write(Create(arguments));
            return 0;
        }
        catch (FormatException fault)
        {
            errors.WriteLine($"{fault.Message}. Usage: {Usage}");
            return SettingsStart.WrongSettings;
        }
    }

    private static string Create(string[] arguments)
    {
        if (arguments is not ["create", .. var given])
        {
            throw new FormatException("The command is token create");
        }

        var values = Read(given);
        var name = ClientToken.CheckName(values["--name"]);
        var organizations = ClientToken.SplitOrganizations(values["--organizations"]);
        var role = ClientToken.ParseRole(values["--role"]);
        var token = TokenHash.CreateToken();
        // JSON is YAML, and needs no thought on which names want quotes.
        return $"""
            The token, shown this once and stored nowhere:

              {token}

            Its lines in the configuration (append the entry where there are tokens already; a running service reads it within a minute):

            service.auth.provider: token
            service.auth.tokens:
              - name: {JsonSerializer.Serialize(name)}
                hash: {TokenHash.Format(token)}
                organizations: {JsonSerializer.Serialize(organizations)}
                role: {role.ToString().ToLowerInvariant()}

            """;
    }

    private static Dictionary<string, string> Read(string[] arguments)
    {
        // --name=value is --name value.
        string[] words =
        [
            .. arguments.SelectMany(word =>
                word.StartsWith("--", StringComparison.Ordinal) ? word.Split('=', 2) : [word]
            ),
        ];
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in words.Chunk(2))
        {
            if (pair is not [var option, var value] || !Options.Contains(option) || !values.TryAdd(option, value))
            {
                throw new FormatException(
                    $"{SettingText.Quote(pair[0])} is not known, given twice, or lacks its value"
                );
            }
        }

        return
            Options.FirstOrDefault(option => string.IsNullOrWhiteSpace(values.GetValueOrDefault(option))) is { } missing
            ? throw new FormatException($"{missing} is missing")
            : values;
    }
}
