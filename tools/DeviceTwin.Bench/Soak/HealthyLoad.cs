using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Soak;

/// <summary>What people ask of the healthy devices: actions, jobs and desired state, each over all of them in turn.</summary>
/// <param name="service">The service.</param>
/// <param name="rows">What it stores.</param>
/// <param name="deviceIds">The healthy devices.</param>
internal sealed class HealthyLoad(TwinService service, SoakRows rows, IReadOnlyList<string> deviceIds)
{
    /// <summary>How many actions are requested a second.</summary>
    public const int ActionsPerSecond = 5;

    private const int Groups = 10;
    private int nextDevice;

    /// <summary>Puts the devices into groups.</summary>
    public async Task CreateGroupsAsync(CancellationToken cancellationToken)
    {
        for (var group = 0; group < Groups; group++)
        {
            var name = Name(group);
            var members = JsonSerializer.Serialize(MembersOf(group));
            await service.AskAsync(
                $$"""mutation { createGroup(input: {organizationId: "{{SoakOptions.Organization}}", name: "{{name}}"}) { errors { __typename } } }""",
                cancellationToken
            );
            await service.AskAsync(
                $$"""mutation { addDevicesToGroup(input: {organizationId: "{{SoakOptions.Organization}}", name: "{{name}}", deviceIds: {{members}}}) { errors { __typename } } }""",
                cancellationToken
            );
        }
    }

    /// <summary>Requests a second's actions: every other one only asks, the others change a snap, so that a list follows.</summary>
    public Task RequestActionsAsync(CancellationToken cancellationToken)
    {
        var fields = Enumerable
            .Range(0, ActionsPerSecond)
            .Select(number =>
            {
                var deviceId = deviceIds[nextDevice++ % deviceIds.Count];
                var mutation = number % 2 == 0 ? "requestSnapInfo" : "refreshSnap";
                return $$"""a{{number}}: {{mutation}}(input: {organizationId: "{{SoakOptions.Organization}}", deviceId: "{{deviceId}}", snap: "snapd"}) { errors { __typename } }""";
            });
        return service.AskAsync($"mutation {{ {string.Join(' ', fields)} }}", cancellationToken);
    }

    /// <summary>Starts a job for one of the groups.</summary>
    public Task StartJobAsync(int round, CancellationToken cancellationToken) =>
        service.AskAsync(
            $$"""mutation { startJob(input: {organizationId: "{{SoakOptions.Organization}}", kind: INFO, snap: "snapd", where: {group: {eq: "{{Name(round)}}"} } }) { errors { __typename } } }""",
            cancellationToken
        );

    /// <summary>Changes what is desired of one of the groups and waits until its devices are so.</summary>
    /// <param name="round">The number that its devices report and have in their configuration then.</param>
    /// <param name="limit">For how long it waits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Convergence> ConvergeAsync(int round, TimeSpan limit, CancellationToken cancellationToken)
    {
        // Not the group of the round's job: a device does one thing at a time.
        var group = round + (Groups / 2);
        var soak = string.Create(CultureInfo.InvariantCulture, $$"""{soak: {round: {{round}} } }""");
        var started = Stopwatch.GetTimestamp();
        await service.AskAsync(
            $$"""mutation { setGroupDesiredState(input: {organizationId: "{{SoakOptions.Organization}}", name: "{{Name(group)}}", properties: {{soak}}, snaps: [{name: "snapd", config: {{soak}}}]}) { errors { __typename } } }""",
            cancellationToken
        );
        var members = MembersOf(group).Count();
        double withinMinute = 0;
        while (true)
        {
            var converged = await rows.CountConvergedAsync(Name(group), round, cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(started);
            withinMinute = elapsed <= TimeSpan.FromMinutes(1) ? converged : withinMinute;
            if (converged >= members || elapsed > limit)
            {
                return new Convergence(members, withinMinute, (int)converged, elapsed);
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    private IEnumerable<string> MembersOf(int group) => deviceIds.Where((_, index) => index % Groups == group % Groups);

    private static string Name(int group) => string.Create(CultureInfo.InvariantCulture, $"cohort-{group % Groups}");
}

/// <summary>How a group came to what was desired of it.</summary>
/// <param name="Members">How many devices it has.</param>
/// <param name="WithinMinute">How many were there within a minute.</param>
/// <param name="InTheEnd">How many were there in the end.</param>
/// <param name="Elapsed">How long all took; the limit where not all came.</param>
internal sealed record Convergence(int Members, double WithinMinute, int InTheEnd, TimeSpan Elapsed);
