using System.Reflection;
using GraphQL;
using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Engine.Descriptions;

/// <summary>Describes everything in the schema by its XML documentation: one source for readers of code and of schema.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class XmlDescriptionAttribute : GraphQLAttribute
{
    private static readonly Lock Gate = new();
    private static bool IsApplied;

    /// <summary>Makes the engine describe all types of this process so. Its switch for that is global, and set once.</summary>
    public static void Apply()
    {
        lock (Gate)
        {
            if (!IsApplied)
            {
                GlobalSwitches.GlobalAttributes.Add(new XmlDescriptionAttribute());
                IsApplied = true;
            }
        }
    }

    /// <inheritdoc/>
    public override void Modify(IGraphType graphType, Type sourceType) =>
        graphType.Description ??= XmlDocumentation.Of(sourceType);

    /// <inheritdoc/>
    public override void Modify(EnumValueDefinition enumValueDefinition)
    {
        if (enumValueDefinition.Value is Enum value && value.GetType().GetField(value.ToString()) is { } field)
        {
            enumValueDefinition.Description ??= XmlDocumentation.Of(field);
        }
    }

    /// <inheritdoc/>
    public override void Modify(
        FieldType fieldType,
        bool isInputType,
        IGraphType graphType,
        MemberInfo memberInfo,
        ref bool ignore
    ) => fieldType.Description ??= XmlDocumentation.Of(memberInfo);

    /// <inheritdoc/>
    public override void Modify(QueryArgument queryArgument, ParameterInfo parameterInfo) =>
        queryArgument.Description ??= XmlDocumentation.Of(parameterInfo);
}
