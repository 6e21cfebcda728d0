namespace DeviceTwin.Api.Twins;

/// <summary>Somebody else holds the device's row. Nothing was changed; the message is tried again, and this is no failure of it.</summary>
/// <param name="deviceId">The device.</param>
public sealed class DeviceHeldException(string deviceId)
    : Exception($"The row of device {deviceId} is held by another transaction.");
