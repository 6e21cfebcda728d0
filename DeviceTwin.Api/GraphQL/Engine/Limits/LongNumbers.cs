using DeviceTwin.Data.Values;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Visitors;

namespace DeviceTwin.Api.GraphQL.Engine.Limits;

/// <summary>Finds numbers that nobody may read: to read one costs more than its length.</summary>
internal sealed class LongNumbers : ASTVisitor<LongNumbers.Finding>
{
    private static readonly LongNumbers Visitor = new();

    /// <summary>Whether a document holds a number longer than <see cref="ValueLimits.NumberLength"/>.</summary>
    /// <param name="document">The document.</param>
    /// <param name="body">Its text.</param>
    public static bool AreIn(GraphQLDocument document, string body)
    {
        // Almost no document holds so long a word: the others are not walked over.
        if (!HasLongRun(body))
        {
            return false;
        }

        var finding = new Finding();
        // The visitor awaits nothing that is not done.
        Visitor.VisitAsync(document, finding).AsTask().GetAwaiter().GetResult();
        return finding.IsFound;
    }

    /// <inheritdoc/>
    protected override ValueTask VisitIntValueAsync(GraphQLIntValue intValue, Finding context) =>
        Look(intValue.Value, context);

    /// <inheritdoc/>
    protected override ValueTask VisitFloatValueAsync(GraphQLFloatValue floatValue, Finding context) =>
        Look(floatValue.Value, context);

    private static ValueTask Look(ROM number, Finding finding)
    {
        finding.IsFound |= number.Length > ValueLimits.NumberLength;
        return ValueTask.CompletedTask;
    }

    private static bool HasLongRun(string body)
    {
        var run = 0;
        foreach (var letter in body)
        {
            run = char.IsAsciiDigit(letter) || letter is '.' or 'e' or 'E' or '+' or '-' ? run + 1 : 0;
            if (run > ValueLimits.NumberLength)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What was found.</summary>
    internal sealed class Finding : IASTVisitorContext
    {
        /// <summary>Whether there is such a number.</summary>
        public bool IsFound { get; set; }

        /// <inheritdoc/>
        public CancellationToken CancellationToken => CancellationToken.None;
    }
}
