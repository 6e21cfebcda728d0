namespace DeviceTwin.Api.Mqtt.Certificates;

/// <summary>What a certificate's key is for (RFC 5280's extended key usages), so that a device's certificate cannot pass for a broker's.</summary>
internal static class KeyPurpose
{
    /// <summary>A broker's.</summary>
    public const string Server = "1.3.6.1.5.5.7.3.1";

    /// <summary>A device's, and the service's own: to a broker the service is a client.</summary>
    public const string Client = "1.3.6.1.5.5.7.3.2";
}
