using System.Globalization;
using DeviceTwin.Bench.Limits;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>Lists of devices, as pages show them.</summary>
/// <param name="devices">How many devices the organization has.</param>
/// <param name="time">How long each list is asked for.</param>
internal sealed class DeviceLists(int devices, TimeSpan time) : IBenchCase
{
    private const string Organization = "lists";
    private const int PageSize = 50;
    private const int LongestPage = 500;
    private readonly int farPage = Math.Min(1_000, (devices / PageSize) - 1);
    private PostGraphile? postGraphile;
    private string farCursor = "";

    /// <inheritdoc/>
    public string Name => "device-lists";

    /// <inheritdoc/>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{PageSize} of {devices:N0} devices, asked for on {Questions.Connections} connections at once for {time.TotalSeconds} s a list: seven fields; the same with snaps, groups, operating system and last action; filtered by brand and connectivity, newest first; page 1 and page {farPage:N0}"
        );

    /// <inheritdoc/>
    public string Limit =>
        "of the first list pgbench with the same SQL on as many connections; PostGraphile 5 over the same tables is a figure of its own"
        + (postGraphile is null ? " (it could not be had here)" : "");

    /// <inheritdoc/>
    public string Reach =>
        "0.40 of pgbench for the first list; faster than PostGraphile in each; page 1,000 as fast as page 1 (20%)";

    /// <inheritdoc/>
    public async Task PrepareAsync(Site site, CancellationToken cancellationToken)
    {
        await FleetRows.AddAsync(site.Twins, Organization, devices, snaps: 5, cancellationToken);
        postGraphile = await PostGraphile.TryStartAsync(site.Source, cancellationToken);
        if (postGraphile is not null)
        {
            site.Keep(postGraphile);
        }

        farCursor = await FarCursorAsync(site, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Sample> RunAsync(Site site, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        var pgbench = await PgBench.RunAsync(site.Source, SevenFieldsSql, Questions.Connections, time);
        figures.Add(await ServiceAsync("seven fields", SevenFields(""), pgbench));
        await BesideAsync("seven fields", SevenFieldsOfPostGraphile);
        figures.Add(await ServiceAsync("with snaps, groups, system, last action", Rich));
        await BesideAsync("with snaps, groups, system, last action", RichOfPostGraphile);
        figures.Add(await ServiceAsync("filtered, newest first", Filtered));
        await BesideAsync("filtered, newest first", FilteredOfPostGraphile);
        figures.Add(await ServiceAsync("page 1,000", SevenFields($"after: \"{farCursor}\"")));
        return new Sample(0, figures);

        async Task<Figure> ServiceAsync(string name, string query, double? limit = null) =>
            new(name, "lists/s", await RateAsync(site.Service.Address, query), limit);

        async Task BesideAsync(string name, string query)
        {
            if (postGraphile is not null)
            {
                figures.Add(
                    new Figure($"{name}, PostGraphile", "lists/s", await RateAsync(postGraphile.Address, query))
                );
            }
        }

        async Task<double> RateAsync(Uri address, string query) =>
            (await Questions.AskAsync(address, query, time, cancellationToken)).PerSecond;
    }

    private async Task<string> FarCursorAsync(Site site, CancellationToken cancellationToken)
    {
        var cursor = "";
        for (var left = farPage * PageSize; left > 0; left -= LongestPage)
        {
            var first = Math.Min(left, LongestPage).ToString(CultureInfo.InvariantCulture);
            var after = cursor.Length > 0 ? $", after: \"{cursor}\"" : "";
            var page = await site.Service.AskAsync(
                $$"""{ devices(organizationId: "{{Organization}}", first: {{first}}{{after}}) { pageInfo { endCursor } } }""",
                cancellationToken
            );
            cursor = page.GetProperty("devices").GetProperty("pageInfo").GetProperty("endCursor").GetString()!;
        }

        return cursor;
    }

    private static string SevenFields(string after) =>
        $$"""{ devices(organizationId: "{{Organization}}", first: 50 {{after}}) { nodes { deviceId brand model serial connectivity lastHeartbeatAt createdAt } } }""";

    private const string SevenFieldsSql = $"""
        select d.device_id, d.brand, d.model, d.serial, h.connectivity, h.heartbeat_at, d.created_at
        from device d join device_heartbeat h on h.twin_id = d.id
        where d.organization_id = '{Organization}' and d.deleted_at is null order by d.device_id limit 51
        """;

    private const string SevenFieldsOfPostGraphile =
        $$$"""{ allDevices(first: 50, condition: {organizationId: "{{{Organization}}}"}, orderBy: [DEVICE_ID_ASC]) { nodes { deviceId brand model serial createdAt deviceHeartbeatByTwinId { connectivity heartbeatAt } } } }""";

    private const string Rich =
        $$"""{ devices(organizationId: "{{Organization}}", first: 50) { nodes { deviceId brand model serial connectivity lastHeartbeatAt createdAt snaps { name version revision channel status } groups { name } operatingSystem { osId osVersionId kernelVersion } actions(first: 1) { nodes { actionId kind status } } } } }""";

    private const string RichOfPostGraphile =
        $$$"""{ allDevices(first: 50, condition: {organizationId: "{{{Organization}}}"}, orderBy: [DEVICE_ID_ASC]) { nodes { deviceId brand model serial createdAt deviceHeartbeatByTwinId { connectivity heartbeatAt } snapsByTwinId { nodes { name version revision channel status } } deviceGroupMembersByTwinId { nodes { deviceGroupByGroupId { name } } } operatingSystemByTwinId { osId osVersionId kernelVersion } } } }""";

    private const string Filtered =
        $$$"""{ devices(organizationId: "{{{Organization}}}", first: 50, where: {brand: {eq: "brand-2"}, connectivity: {eq: ONLINE}}, order: [{createdAt: DESC}]) { nodes { deviceId brand model serial connectivity lastHeartbeatAt createdAt } } }""";

    // It offers no filter over another table, and no order by what has no index of its own: only the brand, by device id.
    private const string FilteredOfPostGraphile =
        $$$"""{ allDevices(first: 50, condition: {organizationId: "{{{Organization}}}", brand: "brand-2"}, orderBy: [CREATED_AT_DESC]) { nodes { deviceId brand model serial createdAt deviceHeartbeatByTwinId { connectivity heartbeatAt } } } }""";
}
