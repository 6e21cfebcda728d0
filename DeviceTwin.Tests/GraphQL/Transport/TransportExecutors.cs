using System.Security.Claims;
using System.Text.Json;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Api.Security;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;

namespace DeviceTwin.Tests.GraphQL.Transport;

/// <summary>The least that an executor has to do.</summary>
internal sealed class SchemaExecutor(IDocumentExecuter executer, ISchema schema) : IRequestExecutor
{
    public Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        if (OperationOf(request) is { } operation && !request.Allowed.HasFlag(TypeOf(operation)))
        {
            var error = new RequestError("Not by this method.") { Code = "HTTP_METHOD_NOT_ALLOWED" };
            return Task.FromResult(new ExecutionResult(error) { Operation = operation });
        }

        return executer.ExecuteAsync(
            new ExecutionOptions
            {
                Schema = schema,
                Query = request.Request.Query,
                OperationName = request.Request.OperationName,
                Variables = request.Request.Variables,
                Extensions = request.Request.Extensions,
                User = request.User,
                RequestServices = request.Services,
                UserContext = request.CreateUserContext(),
                CancellationToken = cancellationToken,
                UnhandledExceptionDelegate = context =>
                {
                    context.ErrorMessage = "Masked";
                    context.Exception = new ExecutionError("Masked") { Code = "INTERNAL" };
                    return Task.CompletedTask;
                },
            }
        );
    }

    private static GraphQLOperationDefinition? OperationOf(OperationRequest request)
    {
        try
        {
            return Parser.Parse(request.Request.Query).Definitions.OfType<GraphQLOperationDefinition>().First();
        }
        catch (GraphQLSyntaxErrorException)
        {
            return null;
        }
    }

    private static AllowedOperations TypeOf(GraphQLOperationDefinition operation) =>
        operation.Operation switch
        {
            OperationType.Query => AllowedOperations.Query,
            OperationType.Mutation => AllowedOperations.Mutation,
            _ => AllowedOperations.Subscription,
        };
}

/// <summary>Answers every request with the same errors.</summary>
internal sealed class RefusingExecutor(params string[] codes) : IRequestExecutor
{
    public Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        var result = new ExecutionResult();
        foreach (string code in codes)
        {
            result.AddError(new RequestError("Refused.") { Code = code });
        }

        return Task.FromResult(result);
    }
}

/// <summary>Breaks the executor's promise to answer with errors.</summary>
internal sealed class FailingExecutor : IRequestExecutor
{
    public Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken) =>
        throw new OperationCanceledException("secret");
}

/// <summary>Knows callers by the token in <c>connection_init</c>: <c>name</c> and <c>seconds</c> to live.</summary>
internal sealed class TokenAuthenticator(TimeProvider clock) : IConnectionAuthenticator
{
    public ValueTask<ConnectionIdentity?> AuthenticateAsync(
        Microsoft.AspNetCore.Http.HttpContext context,
        JsonElement? initPayload,
        CancellationToken cancellationToken
    )
    {
        if (initPayload is not { } payload || !payload.TryGetProperty("name", out JsonElement name))
        {
            return ValueTask.FromResult<ConnectionIdentity?>(null);
        }

        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name.GetString()!)], "token"));
        DateTimeOffset? expiry = payload.TryGetProperty("seconds", out JsonElement seconds)
            ? seconds.GetDouble() < 0
                ? DateTimeOffset.MaxValue
                : clock.GetUtcNow().AddSeconds(seconds.GetDouble())
            : null;
        return ValueTask.FromResult<ConnectionIdentity?>(new ConnectionIdentity(user, expiry));
    }
}
