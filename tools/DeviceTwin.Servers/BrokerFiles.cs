namespace DeviceTwin.Servers;

/// <summary>The PEM files with which a broker speaks mutual TLS.</summary>
/// <param name="Authority">Who may have issued the clients' certificates.</param>
/// <param name="Certificate">The broker's certificate.</param>
/// <param name="Key">Its key.</param>
public sealed record BrokerFiles(string Authority, string Certificate, string Key);
