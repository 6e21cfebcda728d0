using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Documents;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using GraphQL.Execution;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;

namespace DeviceTwin.Api.GraphQL.Engine.Limits;

/// <summary>Parses documents, as long and as nested as is allowed.</summary>
/// <param name="settings">The limits.</param>
public sealed class LimitedDocumentBuilder(Settings settings) : IDocumentBuilder
{
    /// <summary>How deep the parser goes: twice what the deepest sensible operation and its arguments need.</summary>
    private const int ParserDepth = 128;

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
            return parser.Build(UnicodeEscapes.Rewrite(body));
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
