using GraphQL.Validation;
using GraphQL.Validation.Rules;

namespace DeviceTwin.Api.GraphQL.Engine.Validation;

/// <summary>The rules that every document meets before it is executed: the specification's.</summary>
public static class DocumentRules
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IValidationRule> All { get; } =
    [
        .. DocumentValidator.CoreRules.Where(rule => rule is not SingleRootFieldSubscriptions),
        new SubscriptionRootRule(),
    ];
}
