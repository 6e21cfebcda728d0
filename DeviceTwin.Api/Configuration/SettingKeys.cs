using System.Collections.Frozen;
using System.Reflection;

namespace DeviceTwin.Api.Configuration;

/// <summary>All keys, as <see cref="Settings"/> declares them.</summary>
internal static class SettingKeys
{
    /// <summary>Every key in the order of its declaration.</summary>
    public static IReadOnlyList<SettingKey> All { get; } = [.. Declared()];

    private static readonly FrozenDictionary<string, SettingKey> ByName = All.ToFrozenDictionary(key => key.Name);

    private static readonly FrozenSet<string> Sections = All.SelectMany(key => Ancestors(key.Name)).ToFrozenSet();

    /// <summary>The key of that name, or null.</summary>
    public static SettingKey? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Whether keys stand below this path: <c>mqtt</c> is a section, and so is <c>mqtt.topic</c>.</summary>
    public static bool IsSection(string path) => Sections.Contains(path);

    /// <summary>How to say that a key or section is not known, with the nearest that is.</summary>
    public static string Unknown(string name)
    {
        var near = Spelling.Nearest(name, All.Select(key => key.Name).Concat(Sections));
        return Spelling.NotKnown($"key {SettingText.Quote(name)}", near);
    }

    // Reflection gives properties in no promised order; their tokens follow the source.
    private static IEnumerable<SettingKey> Declared() =>
        from section in typeof(Settings).GetProperties()
        orderby section.MetadataToken
        from property in section.PropertyType.GetProperties()
        orderby section.MetadataToken, property.MetadataToken
        let declaration = property.GetCustomAttribute<SettingAttribute>()
        where declaration is not null
        select new SettingKey(section, property, declaration);

    private static IEnumerable<string> Ancestors(string name)
    {
        for (var dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            yield return name[..dot];
        }
    }
}
