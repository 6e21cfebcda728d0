namespace DeviceTwin.Api.Twins.SetAside;

/// <summary>An item of a worker, as its failure is reported.</summary>
/// <param name="Key">What the item is to its worker: a row's id, or an id of its own for a message.</param>
/// <param name="OrganizationId">The organization that it belongs to; null where that is not known.</param>
/// <param name="DeviceId">The device that it concerns; null where it concerns none, or many.</param>
/// <param name="Payload">The message as it was received; null for an item that is a row of the store.</param>
public sealed record FailedItem(string Key, string? OrganizationId, string? DeviceId, byte[]? Payload = null);
