using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DeviceTwin.Api.GraphQL.Engine.Descriptions;

/// <summary>Reads the summaries of types and members from the XML files that the compiler puts beside assemblies.</summary>
internal static partial class XmlDocumentation
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, XElement>> Assemblies = new();

    /// <summary>The type's summary.</summary>
    public static string? Of(Type type) => Summary(type, $"T:{NameOf(type)}");

    /// <summary>The member's summary; where it has none, that of the record's parameter or of the interface's member.</summary>
    public static string? Of(MemberInfo member)
    {
        if (member.DeclaringType is not { } type)
        {
            return null;
        }
        return Summary(type, $"{KindOf(member)}:{NameOf(type)}.{member.Name}")
            ?? Parameter(type, $"T:{NameOf(type)}", member.Name)
            ?? type.GetInterfaces().SelectMany(parent => parent.GetMember(member.Name)).Select(Of).FirstOrDefault();
    }

    /// <summary>What a method's documentation says of a parameter.</summary>
    public static string? Of(ParameterInfo parameter) =>
        parameter is { Name: { } name, Member.DeclaringType: { } type }
            ? Parameter(type, $"M:{NameOf(type)}.{parameter.Member.Name}", name)
            : null;

    private static char KindOf(MemberInfo member) =>
        member switch
        {
            MethodInfo => 'M',
            FieldInfo => 'F',
            _ => 'P',
        };

    private static string NameOf(Type type)
    {
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return (open.FullName ?? open.Name).Replace('+', '.');
    }

    private static string? Summary(Type type, string key) =>
        Find(type, key)?.Element("summary") is { } summary ? Text(summary) : null;

    private static string? Parameter(Type type, string key, string name) =>
        Find(type, key)?.Elements("param").FirstOrDefault(parameter => (string?)parameter.Attribute("name") == name)
            is { } found
            ? Text(found)
            : null;

    private static XElement? Find(Type type, string key) =>
        Assemblies.GetOrAdd(type.Assembly, Load).GetValueOrDefault(key);

    private static Dictionary<string, XElement> Load(Assembly assembly)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        return File.Exists(file)
            ? XDocument
                .Load(file)
                .Descendants("member")
                // Fields of a schema have no overloads: a method's name is enough to find it.
                .GroupBy(member => ((string?)member.Attribute("name") ?? "").Split('(')[0], StringComparer.Ordinal)
                .ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal)
            : [];
    }

    private static string? Text(XElement element)
    {
        var text = string.Concat(element.Nodes().Select(Text));
        var oneLine = Whitespace().Replace(text, " ").Trim();
        return oneLine.Length == 0 ? null : oneLine;
    }

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement element => (string?)element.Attribute("langword")
                ?? (string?)element.Attribute("name")
                ?? ((string?)element.Attribute("cref"))?.Split('(')[0].Split('.', ':')[^1]
                ?? element.Value,
            _ => "",
        };

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Whitespace();
}
