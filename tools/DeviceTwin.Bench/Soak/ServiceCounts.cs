using System.Text.Json;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Soak;

/// <summary>All numbers of <c>service { … }</c>, by field: the schema says which there are, so that new ones are read, too.</summary>
internal static class ServiceCounts
{
    /// <summary>Reads them.</summary>
    /// <param name="service">The service.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<IReadOnlyDictionary<string, double>> ReadAsync(
        TwinService service,
        CancellationToken cancellationToken
    )
    {
        var schema = await service.AskAsync(
            """{ __type(name: "ServiceStatus") { fields { name type { kind ofType { kind } } } } }""",
            cancellationToken
        );
        var names = schema
            .GetProperty("__type")
            .GetProperty("fields")
            .EnumerateArray()
            .Where(field =>
                field.GetProperty("type").GetProperty("ofType") is { ValueKind: JsonValueKind.Object } inner
                && inner.GetProperty("kind").GetString() == "SCALAR"
            )
            .Select(field => field.GetProperty("name").GetString()!);
        var status = await service.AskAsync($"{{ service {{ {string.Join(' ', names)} }} }}", cancellationToken);
        return status
            .GetProperty("service")
            .EnumerateObject()
            .Where(field => field.Value.ValueKind == JsonValueKind.Number)
            .ToDictionary(field => field.Name, field => field.Value.GetDouble(), StringComparer.Ordinal);
    }
}
