namespace DeviceTwin.Api.Hosting;

/// <summary>
/// The service cannot start with what its settings name: a certificate, a trusted document, a topic filter, the embedded broker's
/// port or file. The message is one line that says what to mend; the service prints it and ends.
/// </summary>
/// <param name="message">What is wrong, and with which file.</param>
/// <param name="cause">What was thrown; null where nothing was.</param>
public sealed class SetupException(string message, Exception? cause = null) : Exception(message, cause);
