using System.Collections.Frozen;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Limits;
using DeviceTwin.Api.GraphQL.Engine.Validation;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;

namespace DeviceTwin.Api.GraphQL.Engine.Documents;

/// <summary>
/// The documents in <c>graphql.documents.path</c>, read and validated at the start: one that cannot be run stops it. Changes of
/// the folder need a restart.
/// </summary>
/// <param name="parser">Parses them.</param>
/// <param name="costs">Refuses what costs too much.</param>
/// <param name="validator">Validates them.</param>
/// <param name="schema">The schema.</param>
/// <param name="settings">Name the folder.</param>
/// <param name="logger">Where their number is told.</param>
public sealed partial class TrustedDocuments(
    IDocumentBuilder parser,
    CostLimits costs,
    IDocumentValidator validator,
    ISchema schema,
    Settings settings,
    ILogger<TrustedDocuments> logger
) : IHostedService
{
    private FrozenDictionary<string, string> byId = FrozenDictionary<string, string>.Empty;

    /// <summary>The document of an id.</summary>
    /// <param name="id">The id.</param>
    /// <returns>Its text; null where there is none.</returns>
    public string? Find(string id) => byId.GetValueOrDefault(id);

    /// <inheritdoc/>
    /// <exception cref="SetupException">A document cannot be read or run.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.GraphQL.DocumentsPath is not { } folder)
        {
            return;
        }

        var found = new Dictionary<string, GivenDocument>(StringComparer.Ordinal);
        foreach (var document in DocumentFolder.Read(folder))
        {
            if (found.TryGetValue(document.Id, out var other) && other.Text != document.Text)
            {
                throw new SetupException($"{document.File} and {other.File} differ in the document {document.Id}.");
            }

            await CheckAsync(document, cancellationToken);
            found[document.Id] = document;
        }

        if (found.Count == 0)
        {
            throw new SetupException(
                $"graphql.documents.path: {folder} holds no .json or .graphql file with a document."
            );
        }

        byId = found.ToFrozenDictionary(entry => entry.Key, entry => entry.Value.Text, StringComparer.Ordinal);
        LogRead(byId.Count, folder);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task CheckAsync(GivenDocument given, CancellationToken cancellationToken)
    {
        try
        {
            var document = parser.Build(given.Text);
            costs.Check(document, Inputs.Empty, introspection: true);
            foreach (var operation in document.Definitions.OfType<GraphQLOperationDefinition>())
            {
                await ValidateAsync(document, operation, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is ExecutionError or GraphQLSyntaxErrorException)
        {
            throw new SetupException(
                $"{given.File}: the document {given.Id} cannot be run: {fault.Message.ReplaceLineEndings(" ")}",
                fault
            );
        }
    }

    private async Task ValidateAsync(
        GraphQLDocument document,
        GraphQLOperationDefinition operation,
        CancellationToken cancellationToken
    )
    {
        var options = new ValidationOptions
        {
            Schema = schema,
            Document = document,
            Operation = operation,
            Variables = Inputs.Empty,
            Rules = DocumentRules.All,
            CancellationToken = cancellationToken,
        };
        var result = await validator.ValidateAsync(options);
        // Variables come with each request.
        if (result.Errors.FirstOrDefault(error => error is not InvalidVariableError) is { } wrong)
        {
            throw wrong;
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} trusted documents in {Folder}")]
    private partial void LogRead(int count, string folder);
}
