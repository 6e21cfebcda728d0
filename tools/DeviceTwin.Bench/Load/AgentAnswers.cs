using System.Globalization;
using System.Text;

namespace DeviceTwin.Bench.Load;

/// <summary>What agents answer, as text.</summary>
internal static class AgentAnswers
{
    private const int Snaps = 20;

    /// <summary>The answer to <c>device</c>, with the operating system.</summary>
    public static byte[] Device(string actionId, string organization, string deviceId) =>
        Encoding.UTF8.GetBytes(
            $$$"""{"id":"{{{actionId}}}","action":"device","success":true,"message":"","result":{"orgId":"{{{organization}}}","deviceId":"{{{deviceId}}}","brand":"brand","model":"model","serial":"serial-{{{deviceId}}}","store":"store","deviceKey":"","version":{"deviceId":"{{{deviceId}}}","version":"2.61","series":"16","osId":"ubuntu-core","osVersionId":"22","onClassic":false,"kernelVersion":"5.15"},"created":"0001-01-01T00:00:00Z","lastRefresh":"0001-01-01T00:00:00Z"}}"""
        );

    /// <summary>The answer to <c>list</c>: 20 snaps.</summary>
    /// <param name="actionId">The action.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="revision">The revision of every snap.</param>
    public static byte[] List(string actionId, string deviceId, int revision)
    {
        var snaps = Enumerable
            .Range(1, Snaps)
            .Select(number =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$$"""{"deviceId":"{{{deviceId}}}","name":"snap-{{{number}}}","installedSize":{{{number}}}000000,"installedDate":"2026-01-02T03:04:05Z","status":"active","channel":"latest/stable","confinement":"strict","version":"1.{{{revision}}}","revision":{{{revision}}},"devmode":false,"config":"{\"level\":{{{number}}},\"port\":8080}","services":[{"name":"daemon","daemon":"simple","enabled":true,"active":true}]}"""
                )
            );
        return Encoding.UTF8.GetBytes(
            $$$"""{"id":"{{{actionId}}}","action":"list","success":true,"message":"","result":{"snapListHash":"{{{Heartbeats.SnapsHash}}}","installedSnapsHash":"{{{Heartbeats.SnapsHash}}}","snaps":[{{{string.Join(',', snaps)}}}]}}"""
        );
    }
}
