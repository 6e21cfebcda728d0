namespace DeviceTwin.Servers;

/// <summary>A server or a program is missing or did not start; the message says which, and what to do.</summary>
/// <param name="message">The message.</param>
public sealed class ServerException(string message) : Exception(message);
