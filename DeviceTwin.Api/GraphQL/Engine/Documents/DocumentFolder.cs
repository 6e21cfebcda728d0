using System.Text.Json;

namespace DeviceTwin.Api.GraphQL.Engine.Documents;

/// <summary>A document as a file gives it.</summary>
/// <param name="Id">What it is asked for by.</param>
/// <param name="Text">Its text.</param>
/// <param name="File">Where it stands.</param>
internal sealed record GivenDocument(string Id, string Text, string File);

/// <summary>
/// Reads a folder of documents: Apollo's persisted query manifests, Relay's maps of ids to documents (both <c>*.json</c>), and
/// files <c>&lt;id&gt;.graphql</c>.
/// </summary>
internal static class DocumentFolder
{
    private const string ApolloFormat = "apollo-persisted-query-manifest";

    /// <summary>Reads it.</summary>
    /// <param name="folder">The folder; folders in it are not looked at.</param>
    /// <exception cref="SetupException">A file cannot be read, or is none of these.</exception>
    public static IReadOnlyList<GivenDocument> Read(string folder)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).SelectMany(ReadManifest),
                .. Directory
                    .EnumerateFiles(folder, "*.graphql")
                    .Order(StringComparer.Ordinal)
                    .Select(file => new GivenDocument(
                        Path.GetFileNameWithoutExtension(file),
                        File.ReadAllText(file),
                        file
                    )),
            ];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"graphql.documents.path: {fault.Message}", fault);
        }
    }

    private static IEnumerable<GivenDocument> ReadManifest(string file)
    {
        try
        {
            using var manifest = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = manifest.RootElement;
            return
            [
                .. IsApollo(root)
                    ? root.GetProperty("operations")
                        .EnumerateArray()
                        .Select(entry => new GivenDocument(Text(entry, "id"), Text(entry, "body"), file))
                    : root.EnumerateObject()
                        .Select(entry => new GivenDocument(
                            entry.Name,
                            entry.Value.GetString() ?? throw new InvalidOperationException("A document is null."),
                            file
                        )),
            ];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new SetupException(
                $"{file} is neither Apollo's manifest ({{\"format\": \"{ApolloFormat}\", \"operations\": [{{\"id\", \"body\"}}]}}) nor "
                    + $"Relay's ({{\"<id>\": \"<document>\"}}): {fault.Message.ReplaceLineEndings(" ")}",
                fault
            );
        }
    }

    private static bool IsApollo(JsonElement root) =>
        root.TryGetProperty("format", out var format)
        && format.ValueKind == JsonValueKind.String
        && format.ValueEquals(ApolloFormat);

    private static string Text(JsonElement entry, string name) =>
        entry.GetProperty(name).GetString() ?? throw new InvalidOperationException($"{name} is null.");
}
