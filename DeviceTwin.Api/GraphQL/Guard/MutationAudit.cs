using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Data;
using GraphQL;
using GraphQL.Resolvers;

namespace DeviceTwin.Api.GraphQL.Guard;

/// <summary>One line for every mutation, in the category Audit: who, as what, where, what, on what, and what came of it.</summary>
/// <param name="loggers">Makes the logger.</param>
internal sealed partial class MutationAudit(ILoggerFactory loggers)
{
    /// <summary>The log's category.</summary>
    public const string Category = "Audit";

    private const string Done = "ok";

    private readonly ILogger logger = loggers.CreateLogger(Category);

    /// <summary>Runs a mutation and logs it.</summary>
    /// <param name="context">The field.</param>
    /// <param name="resolver">Makes the change.</param>
    public async ValueTask<object?> RunAsync(IResolveFieldContext context, IFieldResolver resolver)
    {
        var outcome = ErrorCodes.InternalError;
        try
        {
            var payload = await resolver.ResolveAsync(context);
            outcome = ((IMutationPayload)payload!).Errors is [var error, ..] ? error.GetType().Name : Done;
            return payload;
        }
        catch (ExecutionError error)
        {
            outcome = error.Code ?? outcome;
            throw;
        }
        catch (Exception fault) when (StoreFault.IsUnavailable(fault))
        {
            outcome = ErrorCodes.StoreUnavailable;
            throw;
        }
        finally
        {
            Log(context, outcome);
        }
    }

    private void Log(IResolveFieldContext context, string outcome)
    {
        var caller = context.Caller();
        var subject = MutationSubject.Of(context);
        LogMutation(
            logger,
            VisibleText.Of(caller.Name),
            caller.Role,
            context.FieldDefinition.Name,
            VisibleText.Of(subject.OrganizationId),
            VisibleText.Of(subject.Target),
            outcome
        );
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Actor} as {Role}: {Mutation} in {Organization} on {Target}: {Outcome}"
    )]
    private static partial void LogMutation(
        ILogger logger,
        string actor,
        Role role,
        string mutation,
        string organization,
        string target,
        string outcome
    );
}
