namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The devices' door cannot open as it is configured: a certificate file, a topic filter, the embedded broker's port or its file.
/// The message is one line that says what to mend; the service should print it and exit.
/// </summary>
/// <param name="message">What is wrong, and with what.</param>
/// <param name="cause">What was thrown; null where nothing was.</param>
public sealed class MqttSetupException(string message, Exception? cause = null) : Exception(message, cause);
