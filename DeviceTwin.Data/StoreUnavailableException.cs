namespace DeviceTwin.Data;

/// <summary>The store cannot be used. The message is one line for the operator: where, what is wrong; never a password.</summary>
/// <param name="message">The line.</param>
/// <param name="cause">What was thrown, where something was.</param>
public sealed class StoreUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
