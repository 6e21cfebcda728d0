namespace DeviceTwin.Simulator;

/// <summary>
/// Everything that looks accidental about a simulated device. The same seed and device id give the same course,
/// on every machine and every version of .NET (the SplitMix64 generator).
/// </summary>
/// <param name="seed">The fleet's seed.</param>
/// <param name="deviceId">Whose chance it is.</param>
internal sealed class Chance(int seed, string deviceId)
{
    private ulong state = Fingerprint(deviceId) ^ ((ulong)(uint)seed * 0x9E3779B97F4A7C15);

    /// <summary>A number from 0 up to, but not including, the limit.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>A number from 0 up to, but not including, 1.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Whether something happens that happens in this share of cases (0 to 1).</summary>
    public bool Happens(double share) => Fraction() < share;

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> among) => among[Below(among.Count)];

    /// <summary>Bytes for what looks like a key or a serial number.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var index = 0; index < count; index++)
            bytes[index] = (byte)Below(256);
        return bytes;
    }

    /// <summary>A number that stands for a text and never changes, as <see cref="string.GetHashCode()"/> does (FNV-1a).</summary>
    public static ulong Fingerprint(string text)
    {
        var hash = 14695981039346656037;
        foreach (var character in text)
            hash = (hash ^ character) * 1099511628211;
        return hash;
    }

    private ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
