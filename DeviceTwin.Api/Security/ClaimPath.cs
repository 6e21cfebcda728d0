using System.Text.Json;

namespace DeviceTwin.Api.Security;

/// <summary>Finds what a token's claim holds, in the shapes that issuers give.</summary>
internal static class ClaimPath
{
    /// <summary>
    /// The texts at a path. A claim of that very name counts first (<c>https://example.org/roles</c>); else dots are steps
    /// (<c>realm_access.roles</c>, <c>resource_access.device.twin.roles</c> of the client <c>device.twin</c>).
    /// </summary>
    /// <param name="claims">The token's claims.</param>
    /// <param name="path">The path.</param>
    /// <returns>The texts; none where there is no such claim.</returns>
    public static IReadOnlyList<string> Texts(JsonElement claims, string path) =>
        Find(claims, path) is { } found ? TextsOf(found) : [];

    private static JsonElement? Find(JsonElement within, string path)
    {
        if (within.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        if (within.TryGetProperty(path, out var found))
        {
            return found;
        }

        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
        {
            if (within.TryGetProperty(path[..dot], out var step) && Find(step, path[(dot + 1)..]) is { } deeper)
            {
                return deeper;
            }
        }

        return null;
    }

    private static string[] TextsOf(JsonElement claim) =>
        claim.ValueKind switch
        {
            // As OAuth writes scopes.
            JsonValueKind.String => claim.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            JsonValueKind.Array =>
            [
                .. claim
                    .EnumerateArray()
                    .Where(entry => entry.ValueKind == JsonValueKind.String)
                    .Select(entry => entry.GetString()!),
            ],
            // Keycloak's organizations: their names are the keys, facts on each the values.
            JsonValueKind.Object => [.. claim.EnumerateObject().Select(entry => entry.Name)],
            _ => [],
        };
}
