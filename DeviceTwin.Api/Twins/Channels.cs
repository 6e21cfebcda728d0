namespace DeviceTwin.Api.Twins;

/// <summary>Names of snap channels: <c>track/risk/branch</c>, of which the track and the branch may be left out.</summary>
public static class Channels
{
    private const string DefaultTrack = "latest/";

    /// <summary>Whether two names mean the same channel: <c>latest/stable</c> is <c>stable</c>.</summary>
    /// <param name="left">A channel.</param>
    /// <param name="right">Another.</param>
    public static bool AreSame(string? left, string? right) => Short(left) == Short(right);

    private static string Short(string? channel)
    {
        var name = (channel ?? "").Trim();
        return name.StartsWith(DefaultTrack, StringComparison.Ordinal) ? name[DefaultTrack.Length..] : name;
    }
}
