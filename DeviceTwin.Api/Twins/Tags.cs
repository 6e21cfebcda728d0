using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Twins;

/// <summary>The labels that operators put on devices.</summary>
/// <param name="store">The store.</param>
/// <param name="clock">Our clock.</param>
public sealed class Tags(TwinStore store, TimeProvider clock)
{
    /// <summary>Applies a merge patch (RFC 7396) to a device's tags.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="patch">An object; null deletes a key.</param>
    /// <param name="ifVersion">Change nothing unless the tags have this version.</param>
    /// <param name="by">Who asks for it.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<Outcome<Device>> PatchAsync(
        string organizationId,
        string deviceId,
        JsonElement patch,
        int? ifVersion,
        string by,
        CancellationToken cancellationToken
    )
    {
        if (PropertyLimits.CheckPatch(patch) is { } unfit)
        {
            return new InvalidInput("patch", unfit);
        }

        return await store.WriteAsync<Outcome<Device>>(
            async (context, token) =>
            {
                if (await DeviceStatements.LockVisibleAsync(context, organizationId, deviceId, token) is not { } device)
                {
                    return new DeviceNotFound(deviceId);
                }

                if (ifVersion is { } version && version != device.TagsVersion)
                {
                    return new VersionConflict(version, device.TagsVersion);
                }

                var merged = MergePatch.Apply(JsonNode.Parse(device.Tags), JsonSerializer.SerializeToNode(patch))!;
                if (PropertyLimits.Check(JsonSerializer.SerializeToElement(merged)) is { } tooLarge)
                {
                    return new InvalidInput("patch", tooLarge);
                }

                device.Tags = merged.ToJsonString();
                device.TagsVersion++;
                context.Add(Changes.Of(device, ChangeKinds.Tags, by, clock.GetUtcNow().UtcDateTime));
                return device;
            },
            cancellationToken
        );
    }
}
