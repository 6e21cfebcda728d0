namespace DeviceTwin.Api.Configuration;

/// <summary>
/// Declares a property of <see cref="Settings"/> as a configuration key. The default is the property's initial value.
/// Reading, checking, <c>--help</c> and the README's table all come from these declarations.
/// </summary>
/// <param name="key">The key as it is written in YAML and on the command line, e.g. <c>mqtt.port</c>.</param>
/// <param name="meaning">What the key is for, in one sentence.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string key, string meaning) : Attribute
{
    /// <summary>A day in seconds: the <see cref="Maximum"/> of durations that a timer waits for.</summary>
    public const double OneDay = 86_400;

    /// <summary>The key as it is written in YAML and on the command line.</summary>
    public string Key { get; } = key;

    /// <summary>What the key is for, in one sentence.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>What to show as default where the initial value does not say it (e.g. a default that depends on another key).</summary>
    public string? Default { get; init; }

    /// <summary>Whether the value is never shown in a log.</summary>
    public bool Secret { get; init; }

    /// <summary>The smallest number allowed; of a duration, in seconds.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>The largest number allowed; of a duration, in seconds, and never beyond <see cref="Duration.Longest"/>.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;
}
