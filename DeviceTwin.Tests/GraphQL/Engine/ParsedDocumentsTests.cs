using DeviceTwin.Api.GraphQL.Engine.Documents;
using GraphQLParser;

namespace DeviceTwin.Tests.GraphQL.Engine;

public sealed class ParsedDocumentsTests
{
    private readonly ParsedDocuments documents = new();

    [Fact]
    public void A_document_that_is_kept_is_found_by_its_text_alone()
    {
        var document = Parser.Parse("{ thing { id } }");
        documents.Keep("{ thing { id } }", document);

        Assert.Same(document, documents.Find("{ thing { id } }"));
        Assert.Null(documents.Find("{ thing { id }}"));
    }

    [Fact]
    public void However_many_documents_come_only_so_much_text_is_kept()
    {
        var document = Parser.Parse("{ thing { id } }");
        for (var number = 0; number < 1_000; number++)
        {
            documents.Keep($"{number}{new string(' ', 30_000)}", document);
            Assert.True(documents.Count < 30);
        }
    }
}
