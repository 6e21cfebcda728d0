using GraphQL.Validation;
using GraphQLParser;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine.Validation;

/// <summary>
/// The specification's rule Single Root Field (5.2.4.1): a subscription selects exactly one root field, which is not of the
/// introspection, and no selection of its root, in fragments too, has <c>@skip</c> or <c>@include</c>. Takes the place of
/// GraphQL.NET's rule, which does not look at the directives.
/// </summary>
public sealed class SubscriptionRootRule : ValidationRuleBase
{
    private const string Number = "5.2.4.1";
    private const string Code = "SINGLE_ROOT_FIELD_SUBSCRIPTIONS";

    private static readonly INodeVisitor Visitor = new MatchingNodeVisitor<GraphQLOperationDefinition>(
        (operation, context) =>
        {
            if (operation.Operation == OperationType.Subscription)
            {
                Check(operation, context);
            }
        }
    );

    /// <inheritdoc/>
    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context) => new(Visitor);

    private static void Check(GraphQLOperationDefinition operation, ValidationContext context)
    {
        var fields = new Dictionary<string, GraphQLField>(StringComparer.Ordinal);
        Collect(operation.SelectionSet, context, fields, new HashSet<string>(StringComparer.Ordinal));
        if (fields.Count > 1)
        {
            Report(context, "A subscription has exactly one root field.", [.. fields.Values.Skip(1)]);
        }

        foreach (var field in fields.Values.Where(field => field.Name.Value.Span.StartsWith("__")))
        {
            Report(context, $"`{field.Name.StringValue}` cannot be the root field of a subscription.", field);
        }
    }

    private static void Collect(
        GraphQLSelectionSet selections,
        ValidationContext context,
        Dictionary<string, GraphQLField> fields,
        HashSet<string> seenFragments
    )
    {
        foreach (var selection in selections.Selections)
        {
            if (Condition(selection) is { } condition)
            {
                Report(
                    context,
                    $"`@{condition.Name.StringValue}` cannot be used at the root of a subscription: without its field there would be no events. Leave the subscription out instead.",
                    condition
                );
            }

            switch (selection)
            {
                case GraphQLField field:
                    fields.TryAdd((field.Alias?.Name ?? field.Name).StringValue, field);
                    break;
                case GraphQLInlineFragment inline:
                    Collect(inline.SelectionSet, context, fields, seenFragments);
                    break;
                case GraphQLFragmentSpread spread
                    when seenFragments.Add(spread.FragmentName.Name.StringValue)
                        && Find(context.Document, spread.FragmentName.Name.Value) is { } fragment:
                    Collect(fragment.SelectionSet, context, fields, seenFragments);
                    break;
            }
        }
    }

    private static GraphQLFragmentDefinition? Find(GraphQLDocument document, ROM name) =>
        document
            .Definitions.OfType<GraphQLFragmentDefinition>()
            .FirstOrDefault(fragment => fragment.FragmentName.Name.Value == name);

    private static GraphQLDirective? Condition(ASTNode selection) =>
        (selection as IHasDirectivesNode)?.Directives?.Items.Find(directive =>
            directive.Name.Value == "skip" || directive.Name.Value == "include"
        );

    private static void Report(ValidationContext context, string message, params ASTNode[] nodes) =>
        context.ReportError(new ValidationError(context.Document.Source, Number, message, nodes) { Code = Code });
}
