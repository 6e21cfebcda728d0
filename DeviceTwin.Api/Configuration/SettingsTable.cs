using System.Text;

namespace DeviceTwin.Api.Configuration;

/// <summary>The README's table of every key.</summary>
public static class SettingsTable
{
    /// <summary>The table in Markdown, each line ended.</summary>
    public static string Markdown()
    {
        var table = new StringBuilder("| key | default | meaning |\n|---|---|---|\n");
        foreach (var key in SettingKeys.All)
        {
            table.Append($"| `{key.Name}` | {Cell(key.Default)} | {Cell(key.Meaning)} |\n");
        }
        return table.ToString();
    }

    private static string Cell(string text) => text.Replace("|", @"\|", StringComparison.Ordinal);
}
