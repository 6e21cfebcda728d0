using System.Reflection;
using System.Text;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Commands;

/// <summary>What <c>--help</c> and <c>--version</c> show.</summary>
public static class HelpText
{
    /// <summary>No line is longer.</summary>
    public const int Width = 100;

    /// <summary>Usage, switches and every key with default and meaning.</summary>
    public static string Create()
    {
        var text = new StringBuilder();
        Paragraph(text, 0, $"Device Twin {Version.Split('+')[0]}: keeps a twin of every connected IoT device.");
        text.Append('\n');
        Paragraph(text, 0, "Usage: DeviceTwin.Api [switch …] [--key=value …]");
        Paragraph(text, 0, $"       DeviceTwin.Api {CertificatesCommand.Usage}");
        Paragraph(text, 0, $"       DeviceTwin.Api {TokenCommand.Usage}");
        text.Append('\n');
        Paragraph(text, 0, "Commands");
        Entry(text, CertificatesCommand.Name, Plain(CertificatesCommand.Meaning));
        Entry(text, TokenCommand.Name, Plain(TokenCommand.Meaning));
        text.Append('\n');
        Paragraph(text, 0, "Switches");
        foreach (var known in StartSwitch.All)
        {
            Entry(text, known.Name, known.Meaning);
        }
        text.Append('\n');
        Paragraph(text, 0, "Keys and their defaults. Where they are read from, later ones win:");
        Paragraph(
            text,
            2,
            $"1. a YAML file: {SettingsLoader.FileVariable} names it, else {SettingsLoader.DefaultFile} in the working directory"
        );
        Paragraph(
            text,
            2,
            $"2. the environment: {SettingKey.EnvironmentPrefix}SERVICE_PORT=8040, or …_SERVICE_PORT_FILE=/file/with/the/value"
        );
        Paragraph(text, 2, "3. the command line: --service.port=8040");
        Paragraph(text, 0, "Durations are written 250ms, 150s, 15m, 12h, 7d.");
        text.Append('\n');
        foreach (var key in SettingKeys.All)
        {
            Entry(text, $"{key.Name} ({Plain(key.Default)})", Plain(key.Meaning));
        }
        return text.ToString();
    }

    /// <summary>The version of this build, with its commit after a plus.</summary>
    public static string Version =>
        typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static void Entry(StringBuilder text, string title, string meaning)
    {
        Paragraph(text, 2, title);
        Paragraph(text, 6, meaning);
    }

    private static void Paragraph(StringBuilder text, int indent, string sentence)
    {
        var line = new string(' ', indent);
        var empty = true;
        foreach (var word in sentence.Split(' '))
        {
            if (!empty && line.Length + 1 + word.Length > Width)
            {
                text.Append(line).Append('\n');
                line = new string(' ', indent);
                empty = true;
            }
            line += empty ? word : " " + word;
            empty = false;
        }
        text.Append(line).Append('\n');
    }

    private static string Plain(string markdown) => markdown.Replace("`", "", StringComparison.Ordinal);
}
