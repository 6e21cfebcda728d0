using DeviceTwin.Api.Twins;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class ChannelsTests
{
    [Theory]
    [InlineData("stable")]
    [InlineData("edge")]
    [InlineData("latest")]
    [InlineData("2.10")]
    [InlineData("2.10/candidate")]
    [InlineData("beta/fix-1_2")]
    [InlineData("stable/stable")]
    [InlineData("latest/edge/fix")]
    public void A_channel_is_a_track_a_risk_and_a_branch_of_which_some_may_be_left_out(string channel) =>
        Assert.True(Channels.IsValid(channel));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("/")]
    [InlineData("stable/")]
    [InlineData("/stable")]
    [InlineData("2.10//fix")]
    [InlineData("2.10/risky")]
    [InlineData("2.10/Stable")]
    [InlineData("2.10/fix/stable")]
    [InlineData("2.10/stable/fix/more")]
    [InlineData("2.10 /stable")]
    [InlineData("2.10/stable\n")]
    [InlineData("zwei.zehn/stäble")]
    [InlineData("träck/stable")]
    public void Anything_else_is_no_channel(string? channel) => Assert.False(Channels.IsValid(channel));

    [Fact]
    public void A_channel_is_no_longer_than_other_names()
    {
        Assert.True(Channels.IsValid(new string('a', 200)));
        Assert.False(Channels.IsValid(new string('a', 201)));
    }

    [Theory]
    [InlineData("stable", "latest/stable")]
    [InlineData("latest", "stable")]
    [InlineData("2.10", "2.10/stable")]
    [InlineData("edge/fix", "latest/edge/fix")]
    [InlineData("", null)]
    [InlineData("what ever", "what ever ")]
    public void Some_channels_have_more_than_one_name(string left, string? right)
    {
        Assert.True(Channels.AreSame(left, right));
        Assert.True(Channels.AreSame(right, left));
    }

    [Theory]
    [InlineData("stable", "edge")]
    [InlineData("2.10", "2.9")]
    [InlineData("2.10", "stable")]
    [InlineData("2.10/edge", "2.10/edge/fix")]
    [InlineData("edge/fix", "fix/edge")]
    [InlineData("stable", "")]
    [InlineData("Stable", "stable")]
    public void Different_channels_are_not_the_same(string left, string right) =>
        Assert.False(Channels.AreSame(left, right));
}
