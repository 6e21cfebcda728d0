using DeviceTwin.Api.Security;
using GraphQL;
using GraphQL.Types;
using GraphQL.Utilities;

namespace DeviceTwin.Api.GraphQL.Guard;

/// <summary>
/// Puts the role that it needs before every root field, and the audit behind every mutation, when the schema is built. A root field
/// without a rule stops the start.
/// </summary>
/// <param name="denials">Told of what is denied.</param>
/// <param name="audit">Told of every mutation.</param>
internal sealed class RootFieldGuard(DenialLog denials, MutationAudit audit) : BaseSchemaNodeVisitor
{
    /// <inheritdoc />
    public override void VisitObjectFieldDefinition(FieldType field, IObjectGraphType type, ISchema schema)
    {
        var isMutation = type == schema.Mutation;
        if (type != schema.Query && type != schema.Subscription && !isMutation)
        {
            return;
        }

        var name = $"{type.Name}.{field.Name}";
        var gate = new RoleGate(
            name,
            FieldRules.Find(type.Name, field.Name)
                ?? throw new InvalidOperationException(
                    $"{name} has no rule: say in {nameof(FieldRules)} which role it needs."
                ),
            denials
        );
        if (isMutation && !GivesPayload(field))
        {
            throw new InvalidOperationException($"{name} must give an {nameof(IMutationPayload)}: the audit reads it.");
        }

        field.Resolver = field.Resolver is { } inner
            ? new GuardedResolver(inner, gate, isMutation ? audit : null)
            : null;
        field.StreamResolver = field.StreamResolver is { } stream ? new GuardedStreamResolver(stream, gate) : null;
    }

    private static bool GivesPayload(FieldType field) =>
        field
            .ResolvedType?.GetNamedType()
            .GetType()
            .GetGenericArguments()
            .Any(type => type.IsAssignableTo(typeof(IMutationPayload))) == true;
}
