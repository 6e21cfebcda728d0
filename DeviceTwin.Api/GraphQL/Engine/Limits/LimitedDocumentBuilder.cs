using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Documents;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Data.Values;
using GraphQL.Execution;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;

namespace DeviceTwin.Api.GraphQL.Engine.Limits;

/// <summary>Parses documents, as long and as nested as is allowed.</summary>
/// <param name="settings">The limits.</param>
public sealed class LimitedDocumentBuilder(Settings settings) : IDocumentBuilder
{
    /// <summary>How deep the parser goes: a JSON literal of the depth that is accepted, two nodes a level, within any sensible operation.</summary>
    private const int ParserDepth = 128 + (2 * ValueLimits.Depth);

    private readonly GraphQLDocumentBuilder parser = new() { MaxDepth = ParserDepth };

    /// <inheritdoc/>
    public GraphQLDocument Build(string body)
    {
        var limit = settings.GraphQL.DocumentLimit;
        if (body.Length > limit)
        {
            throw new RefusedRequestError(
                ErrorCodes.DocumentTooLong,
                $"A document may have {limit} characters; this one has {body.Length}."
            );
        }
        try
        {
            var document = parser.Build(UnicodeEscapes.Rewrite(body));
            return LongNumbers.AreIn(document, body)
                ? throw new RefusedRequestError(
                    ErrorCodes.InvalidValue,
                    $"A number may have {ValueLimits.NumberLength} characters: send longer ones as strings."
                )
                : document;
        }
        catch (GraphQLSyntaxErrorException wrong)
        {
            throw new SyntaxError(wrong);
        }
        catch (GraphQLMaxDepthExceededException)
        {
            throw new RefusedRequestError(
                ErrorCodes.TooDeep,
                $"The document nests too deeply to be read (more than {ParserDepth} levels)."
            );
        }
    }
}
