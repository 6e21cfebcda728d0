using System.Security.Cryptography;

namespace DeviceTwin.Api.Hosting;

/// <summary>Pauses that double from attempt to attempt up to a limit, each shortened by up to a half so that replicas do not march in step.</summary>
/// <param name="first">The first pause.</param>
/// <param name="longest">The limit.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private TimeSpan? current;

    /// <summary>The next pause.</summary>
    public TimeSpan Next()
    {
        var pause = current ?? first;
        current = pause * 2 < longest ? pause * 2 : longest;
        return pause * (0.5 + (RandomNumberGenerator.GetInt32(500) / 1000.0));
    }

    /// <summary>It worked: begins with the first pause again.</summary>
    public void Reset() => current = null;
}
