using System.Text.Json;

namespace DeviceTwin.Api.Configuration;

/// <summary>A static token of a client, known by its hash alone.</summary>
/// <param name="Name">What the change log and the audit call its bearer.</param>
/// <param name="Hash">The hash, see <see cref="TokenHash"/>.</param>
/// <param name="Organizations">What its bearer may see; <c>*</c> for all.</param>
/// <param name="Role">What its bearer may do.</param>
public sealed record ClientToken(string Name, string Hash, IReadOnlyList<string> Organizations, Role Role)
{
    private const int LongestName = 100;
    private static readonly string[] Fields = ["name", "hash", "organizations", "role"];

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    /// <summary>Reads a list of tokens from JSON.</summary>
    /// <param name="json">The list.</param>
    /// <exception cref="FormatException">What is wrong with it. The message never shows a value.</exception>
    internal static IReadOnlyList<ClientToken> ParseList(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw new FormatException("must be a list");
            }

            ClientToken[] tokens = [.. document.RootElement.EnumerateArray().Select(Parse)];
            return
                tokens.Select(token => token.Name).Distinct(StringComparer.Ordinal).Count() == tokens.Length
                && tokens.Select(token => token.Hash).Distinct(StringComparer.OrdinalIgnoreCase).Count()
                    == tokens.Length
                ? tokens
                : throw new FormatException("two tokens have the same name or the same hash; keep one");
        }
        // Text that is no Unicode, as it stands or once its escapes are read, is told by the latter two.
        catch (Exception fault) when (fault is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException(
                """must be a list in YAML, or JSON such as [{"name":"ci","hash":"sha256:…","organizations":["a"],"role":"viewer"}]""",
                fault
            );
        }
    }

    /// <summary>The organizations that one text names, with commas between.</summary>
    /// <param name="text">The text.</param>
    internal static string[] SplitOrganizations(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A token's role by its name.</summary>
    /// <param name="text">The name.</param>
    /// <exception cref="FormatException">There is no such role.</exception>
    internal static Role ParseRole(string text) =>
        SettingText.Parse(typeof(Role), text) is Role role
            ? role
            : throw new FormatException("role must be viewer, operator or admin");

    /// <summary>Gives a name back when a bearer may have it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="FormatException">It may not.</exception>
    internal static string CheckName(string name) =>
        name.Length <= LongestName && CallerNames.IsFree(name)
            ? name
            : throw new FormatException(
                $"name must be up to {LongestName} visible characters, and none of {string.Join(", ", CallerNames.Reserved)}"
            );

    private static ClientToken Parse(JsonElement entry, int index)
    {
        try
        {
            if (entry.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("must have name, hash, organizations and role");
            }
            var names = entry.EnumerateObject().Select(field => field.Name);
            if (names.FirstOrDefault(name => !Fields.Contains(name)) is { } unknown)
            {
                throw new FormatException(
                    Spelling.NotKnown(SettingText.Quote(unknown), Spelling.Nearest(unknown, Fields))
                );
            }

            var hash = Text(entry, "hash");
            return new ClientToken(
                CheckName(Text(entry, "name")),
                TokenHash.IsHash(hash)
                    ? hash
                    : throw new FormatException(
                        "hash must be what token create printed, sha256: and 64 digits; never write the token itself"
                    ),
                OrganizationsOf(entry),
                ParseRole(Text(entry, "role"))
            );
        }
        catch (FormatException fault)
        {
            throw new FormatException($"token {index + 1}: {fault.Message}", fault);
        }
    }

    private static string Text(JsonElement entry, string field) =>
        entry.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"{field} is missing, or is no text");

    private static string[] OrganizationsOf(JsonElement entry)
    {
        if (!entry.TryGetProperty("organizations", out var value))
        {
            throw new FormatException("organizations is missing: name them, or \"*\" for all");
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => SplitOrganizations(value.GetString()!),
            JsonValueKind.Array when value.EnumerateArray().All(id => id.ValueKind == JsonValueKind.String) =>
            [
                .. value.EnumerateArray().Select(id => id.GetString()!),
            ],
            _ => throw new FormatException("organizations must be a list of ids, or \"*\" for all"),
        };
    }
}
