namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>A device's message does not have the form that the protocol gives it. It never leaves the devices' door.</summary>
/// <param name="reason">Why, in one line; it goes into the log.</param>
internal sealed class MalformedMessageException(string reason) : Exception(reason);
