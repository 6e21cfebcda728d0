namespace DeviceTwin.Api.Twins;

/// <summary>Says which organization a device belongs to, often: for each message that a broker lets through.</summary>
public interface IDeviceOrganizations
{
    /// <summary>The organization of a device's twin; null where there is none yet, or it is deleted.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    ValueTask<string?> FindAsync(string deviceId, CancellationToken cancellationToken);
}
