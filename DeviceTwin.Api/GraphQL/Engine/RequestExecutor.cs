using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Documents;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.Limits;
using DeviceTwin.Api.GraphQL.Engine.Sharing;
using DeviceTwin.Api.GraphQL.Engine.Validation;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Api.Security;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQLParser.AST;

namespace DeviceTwin.Api.GraphQL.Engine;

/// <summary>Executes operations for the transports: within the limits, and with errors fit to be shown.</summary>
/// <param name="executer">The engine.</param>
/// <param name="parser">Parses documents.</param>
/// <param name="schema">The schema.</param>
/// <param name="costs">Refuses what costs too much.</param>
/// <param name="introspection">Says who may ask for the schema.</param>
/// <param name="documents">Finds documents that are asked for by id.</param>
/// <param name="parsed">Documents that were asked before.</param>
/// <param name="serializer">Writes variables, by which operations are compared.</param>
/// <param name="faults">Logs our own faults.</param>
/// <param name="settings">The limits.</param>
public sealed class RequestExecutor(
    IDocumentExecuter executer,
    IDocumentBuilder parser,
    ISchema schema,
    CostLimits costs,
    IntrospectionAccess introspection,
    RequestedDocuments documents,
    ParsedDocuments parsed,
    IGraphQLTextSerializer serializer,
    FaultLog faults,
    Settings settings
) : IRequestExecutor
{
    /// <inheritdoc/>
    public async Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        GraphQLOperationDefinition? operation = null;
        ExecutionResult result;
        var showsSchema = introspection.Allows(request.User);
        try
        {
            var requested = documents.Find(request.Request);
            var known = requested.Text is null ? null : parsed.Find(requested.Text);
            var document = known ?? (requested.Text is null ? null : parser.Build(requested.Text));
            operation = Choose(document, request.Request.OperationName);
            if (document is not null && operation is not null)
            {
                CheckAllowed(operation, request.Allowed);
                var variables = request.Request.Variables ?? Inputs.Empty;
                costs.Check(document, variables, showsSchema);
                documents.Keep(requested);
                if (operation.Operation == OperationType.Subscription)
                {
                    request.Place?.Take();
                }
            }
            // What could not be parsed into one operation is answered by the engine's own errors.
            var options = OptionsFor(request, requested.Text, document, operation, cancellationToken);
            // A known document has passed them; variables and arguments are looked at all the same.
            options.ValidationRules = known is null ? DocumentRules.All : [];

            if (operation?.Operation == OperationType.Subscription)
            {
                options.UserContext[SharedOperation.UserContextKey] = ToShared(options);
            }

            result = StoreOutages.Refuse(await executer.ExecuteAsync(options));
            // Executed is what every rule has accepted.
            if (known is null && document is not null && requested.Text is not null && result.Executed)
            {
                parsed.Keep(requested.Text, document);
            }
        }
        catch (ExecutionError error)
        {
            result = new ExecutionResult(error);
        }
        // Transports treat kinds of operation differently, refused ones included.
        result.Operation ??= operation;
        return AnswerErrors.Finish(result, settings.GraphQL.Errors, showsSchema);
    }

    private static GraphQLOperationDefinition? Choose(GraphQLDocument? document, string? name)
    {
        var operations = document?.Definitions.OfType<GraphQLOperationDefinition>().ToList() ?? [];
        return name is null
            ? (operations.Count == 1 ? operations[0] : null)
            : operations.Find(operation => operation.Name is not null && operation.Name == name);
    }

    private static void CheckAllowed(GraphQLOperationDefinition operation, AllowedOperations allowed)
    {
        var kind = operation.Operation switch
        {
            OperationType.Mutation => AllowedOperations.Mutation,
            OperationType.Subscription => AllowedOperations.Subscription,
            _ => AllowedOperations.Query,
        };
        if (!allowed.HasFlag(kind))
        {
            throw new RefusedRequestError(
                ErrorCodes.HttpMethodNotAllowed,
                $"A {kind.ToString().ToLowerInvariant()} cannot be sent this way."
            );
        }
    }

    private SharedOperation ToShared(ExecutionOptions options)
    {
        var caller = Caller.Of(options.User);
        var variables = serializer.Serialize(options.Variables ?? Inputs.Empty);
        return new(options.Query!, options.OperationName, variables, caller.Role, caller.Organizations);
    }

    private ExecutionOptions OptionsFor(
        OperationRequest request,
        string? text,
        GraphQLDocument? document,
        GraphQLOperationDefinition? operation,
        CancellationToken cancellationToken
    ) =>
        new()
        {
            Schema = schema,
            Query = text,
            Document = document,
            OperationName = request.Request.OperationName,
            Variables = request.Request.Variables,
            Extensions = request.Request.Extensions,
            User = request.User,
            RequestServices = request.Services,
            // Holds the gate that keeps a subscription's source from running ahead of its reader.
            UserContext = request.CreateUserContext(),
            Timeout =
                operation?.Operation == OperationType.Subscription
                    ? Timeout.InfiniteTimeSpan
                    : settings.GraphQL.Timeout,
            UnhandledExceptionDelegate = fault =>
            {
                faults.Mask(fault);
                return Task.CompletedTask;
            },
            CancellationToken = cancellationToken,
        };
}
