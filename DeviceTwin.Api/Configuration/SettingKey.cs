using System.Reflection;

namespace DeviceTwin.Api.Configuration;

/// <summary>One configuration key: its declaration, and reading and writing its property.</summary>
internal sealed class SettingKey
{
    /// <summary>What every environment variable of the service begins with.</summary>
    public const string EnvironmentPrefix = "IOTDEVICETWIN_";

    /// <summary>What stands in place of a secret.</summary>
    public const string Masked = "***";

    private readonly PropertyInfo section;
    private readonly PropertyInfo property;
    private readonly SettingAttribute declaration;
    private readonly Type type;
    private readonly bool optional;

    public SettingKey(PropertyInfo section, PropertyInfo property, SettingAttribute declaration)
    {
        this.section = section;
        this.property = property;
        this.declaration = declaration;
        type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        optional = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
    }

    /// <summary>The key as in YAML and on the command line, e.g. <c>mqtt.port</c>.</summary>
    public string Name => this.declaration.Key;

    /// <summary>The environment variable, e.g. <c>IOTDEVICETWIN_MQTT_PORT</c>.</summary>
    public string EnvironmentName => EnvironmentPrefix + Name.Replace('.', '_').ToUpperInvariant();

    /// <summary>Whether the value is a list, which YAML may write as one; elsewhere it is JSON.</summary>
    public bool IsList => type == typeof(IReadOnlyList<ClientToken>);

    /// <summary>What the key is for, with Markdown's backticks.</summary>
    public string Meaning => this.declaration.Meaning;

    /// <summary>The default, with Markdown's backticks.</summary>
    public string Default =>
        this.declaration.Default ?? (SettingText.Format(Read(new Settings())) is { } text ? $"`{text}`" : "–");

    /// <summary>The value as one would write it, masked when it is a secret.</summary>
    public string Show(Settings settings) =>
        this.declaration.Secret ? Masked : SettingText.OneLine(SettingText.Format(Read(settings)) ?? "none");

    /// <summary>Sets the property from text.</summary>
    /// <exception cref="SettingsException">The text is no such value, or is beyond the key's limits.</exception>
    public void Write(Settings settings, string text, string origin)
    {
        object? value = null;
        if (!string.IsNullOrWhiteSpace(text))
        {
            value = Parse(text, origin);
        }
        else if (!optional)
        {
            throw new SettingsException(origin, $"{Name} is empty: give it a value, or leave it out for its default");
        }
        this.property.SetValue(this.section.GetValue(settings), value);
    }

    private object Parse(string text, string origin)
    {
        object? value;
        try
        {
            value = SettingText.Parse(type, text);
        }
        catch (FormatException fault)
        {
            throw new SettingsException(origin, $"{Name}: {fault.Message}");
        }
        if (value is null || !SettingText.IsWithin(value, this.declaration.Minimum, this.declaration.Maximum))
        {
            var allowed = SettingText.Describe(type, this.declaration.Minimum, this.declaration.Maximum);
            var given = this.declaration.Secret ? Masked : SettingText.Quote(text);
            throw new SettingsException(origin, $"{Name} must be {allowed}, not {given}");
        }
        return value;
    }

    private object? Read(Settings settings) => this.property.GetValue(this.section.GetValue(settings));
}
