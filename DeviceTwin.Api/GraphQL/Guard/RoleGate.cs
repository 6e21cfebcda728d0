using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.Security;
using GraphQL;

namespace DeviceTwin.Api.GraphQL.Guard;

/// <summary>Lets through who has the role that a field needs.</summary>
/// <param name="field">The field, e.g. <c>Mutation.deleteDevice</c>.</param>
/// <param name="needed">The role.</param>
/// <param name="denials">Told of what is denied.</param>
internal sealed class RoleGate(string field, Role needed, DenialLog denials)
{
    /// <summary>Lets a caller through.</summary>
    /// <param name="context">The field.</param>
    /// <exception cref="CallerError">The caller lacks the role.</exception>
    public void Check(IResolveFieldContext context)
    {
        var caller = context.Caller();
        var role =
            MutationSubject.Of(context).Kind is { } kind && FieldRules.Of(kind) is var more && more > needed
                ? more
                : needed;
        if (!caller.May(role))
        {
            denials.Deny(caller, field);
            throw new CallerError(
                ErrorCodes.NotAuthorized,
                $"{field} needs the role {role.ToString().ToLowerInvariant()} for this; the caller is {caller.Role.ToString().ToLowerInvariant()}."
            );
        }
    }
}
