using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.Paging;

namespace DeviceTwin.Tests.GraphQL.Engine.Paging;

public sealed class PageRequestTests
{
    private static readonly GraphQLSettings Limits = new() { PageLimit = 500, PageDefault = 50 };

    [Theory]
    [InlineData(null, null, null, null, 50, false, null)]
    [InlineData(500, null, null, null, 500, false, null)]
    [InlineData(0, null, null, null, 0, false, null)]
    [InlineData(null, "a", null, null, 50, false, "a")]
    [InlineData(3, "a", null, null, 3, false, "a")]
    [InlineData(null, null, 3, null, 3, true, null)]
    [InlineData(null, null, 3, "b", 3, true, "b")]
    public void A_page_is_read(
        int? first,
        string? after,
        int? last,
        string? before,
        int size,
        bool isBackward,
        string? cursor
    )
    {
        var request = PageRequest.Read(first, after, last, before, Limits);

        Assert.Equal((size, isBackward, cursor), (request.Size, request.IsBackward, request.Cursor));
    }

    [Theory]
    [InlineData(1, null, 1, null)]
    [InlineData(-1, null, null, null)]
    [InlineData(501, null, null, null)]
    [InlineData(null, null, -1, null)]
    [InlineData(null, null, 501, null)]
    [InlineData(null, "a", 1, null)]
    [InlineData(1, null, null, "b")]
    [InlineData(null, null, null, "b")]
    [InlineData(null, "a", null, "b")]
    public void A_page_that_makes_no_sense_is_refused(int? first, string? after, int? last, string? before)
    {
        var error = Assert.Throws<CallerError>(() => PageRequest.Read(first, after, last, before, Limits));

        Assert.Equal("INVALID_PAGING", error.Code);
    }
}
