using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Api.Twins.Reporting;
using DeviceTwin.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Twins.Reporting;

/// <summary>What tests of the twin topics do to a <see cref="TwinWorld"/>.</summary>
internal static class ReportingWorld
{
    public static Task<ReportedOutcome?> ReportAsync(
        this TwinWorld world,
        string deviceId,
        string patch,
        int? version = null
    ) =>
        world
            .Get<ITwinTopics>()
            .ApplyAsync(new ReportedPatch(deviceId, JsonElement.Parse(patch), version), CancellationToken.None);

    public static Task<TwinDocument?> GetAsync(this TwinWorld world, string deviceId) =>
        world.Get<ITwinTopics>().ReadAsync(deviceId, CancellationToken.None);

    public static async Task<ReportedState?> ReportedAsync(this TwinWorld world, string deviceId)
    {
        await using var context = await world.OpenAsync();
        return (
            await context
                .Devices.AsNoTracking()
                .Include(device => device.Reported)
                .SingleAsync(device => device.DeviceId == deviceId)
        ).Reported;
    }

    /// <summary>Changes the device's own desired properties, as ann.</summary>
    public static async Task DesireAsync(this TwinWorld world, string deviceId, string patch)
    {
        var outcome = await world
            .Get<DeviceDesired>()
            .PatchPropertiesAsync(
                new LayerKey(TwinWorld.Organization, deviceId, null, "ann"),
                JsonElement.Parse(patch),
                CancellationToken.None
            );
        Assert.Null(outcome.Error);
    }

    public static void SameJson(string expected, string? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual!)), actual);
}
