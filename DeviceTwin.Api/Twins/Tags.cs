using System.Text.Json;
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
        if (PropertyLimits.Check(patch) is { } unfit)
        {
            return new InvalidInput("patch", unfit.Message);
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

                var merged = MergePatch.Apply(device.Tags, patch);
                if (PropertyLimits.CheckSize(merged) is { } tooLarge)
                {
                    return new InvalidInput("patch", tooLarge.Message);
                }

                device.Tags = merged;
                device.TagsVersion++;
                context.Add(Changes.Of(device, ChangeKinds.Tags, by, clock.GetUtcNow().UtcDateTime));
                return device;
            },
            cancellationToken
        );
    }
}
