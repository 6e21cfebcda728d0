using DeviceTwin.Api.Mqtt;

namespace DeviceTwin.Tests.Mqtt;

public sealed class TopicPatternTests
{
    [Theory]
    [InlineData("devices/health/+", "devices/health/c333", "c333")]
    [InlineData("devices/health/+", "devices/health/", "")]
    [InlineData("+/health", "c333/health", "c333")]
    [InlineData("a/+/b", "a/c333/b", "c333")]
    [InlineData("+", "c333", "c333")]
    [InlineData("devices/health/+", "devices/health/a/b", null)]
    [InlineData("devices/health/+", "devices/pub/a", null)]
    [InlineData("devices/health/+", "devices/health", null)]
    [InlineData("a/+/b", "a/b", null)]
    public void The_level_of_the_plus_names_the_sender(string filter, string topic, string? sender)
    {
        Assert.Equal(sender is not null, new TopicPattern(filter, "key").TryMatch(topic, out var found));
        Assert.Equal(sender, found);
    }

    [Theory]
    [InlineData("devices/health")]
    [InlineData("devices/+/+")]
    [InlineData("devices/+/#")]
    [InlineData("devices/x+")]
    [InlineData("")]
    public void A_filter_without_one_place_for_the_sender_is_refused_by_its_key(string filter) =>
        Assert.Contains(
            "mqtt.topic.health",
            Assert.Throws<SetupException>(() => new TopicPattern(filter, "mqtt.topic.health")).Message,
            StringComparison.Ordinal
        );
}
