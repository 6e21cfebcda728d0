using DeviceTwin.Api.Events;
using DeviceTwin.Data.Changes;

namespace DeviceTwin.Tests.Events;

public sealed class ChangeCursorTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(771, 42)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void A_cursor_reads_back_as_the_place_that_it_was_written_from(long transactionId, long id)
    {
        var position = new ChangePosition(transactionId, id);

        Assert.True(ChangeCursor.TryParse(ChangeCursor.Format(position), out var read));
        Assert.Equal(position, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA A")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA+/")]
    [InlineData("_____________________w")]
    public void Text_that_is_no_cursor_is_refused(string? text)
    {
        Assert.False(ChangeCursor.TryParse(text, out var read));
        Assert.Equal(default, read);
    }
}
