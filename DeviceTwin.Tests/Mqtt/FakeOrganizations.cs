using DeviceTwin.Api.Twins;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>Tells the organizations that a test gives devices.</summary>
internal sealed class FakeOrganizations : Dictionary<string, string>, IDeviceOrganizations
{
    public ValueTask<string?> FindAsync(string deviceId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(this.GetValueOrDefault(deviceId));
}
