namespace DeviceTwin.Api.Twins;

/// <summary>The rule for ids and names that come from outside (the protocol document's "Ids").</summary>
public static class Names
{
    /// <summary>The longest id or name, in characters.</summary>
    public const int Limit = 200;

    /// <summary>Whether an organization, group or snap may have this name.</summary>
    /// <param name="name">The name.</param>
    public static bool IsValid(string? name) => name is { Length: > 0 and <= Limit } && !HasForbidden(name);

    /// <summary>Whether a device may have this id: it is also a level of an MQTT topic.</summary>
    /// <param name="deviceId">The id.</param>
    public static bool IsValidDeviceId(string? deviceId) =>
        IsValid(deviceId) && deviceId!.IndexOfAny(['/', '+', '#']) < 0;

    /// <summary>The rule as a sentence.</summary>
    /// <param name="what">What it is about, e.g. "A group's name".</param>
    public static string Rule(string what) => $"{what} has 1 to {Limit} characters and no control characters.";

    // A lone surrogate is no character: neither JSON nor the store can carry it.
    private static bool HasForbidden(string name)
    {
        for (var index = 0; index < name.Length; index++)
        {
            if (char.IsControl(name[index]))
            {
                return true;
            }

            if (char.IsSurrogate(name[index]))
            {
                if (index + 1 == name.Length || !char.IsSurrogatePair(name[index], name[index + 1]))
                {
                    return true;
                }

                index++;
            }
        }

        return false;
    }
}
