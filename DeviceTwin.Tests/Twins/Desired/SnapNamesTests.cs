using DeviceTwin.Api.Twins.Desired;

namespace DeviceTwin.Tests.Twins.Desired;

public sealed class SnapNamesTests
{
    [Theory]
    [InlineData("nats")]
    [InlineData("a")]
    [InlineData("core22")]
    [InlineData("0ad")]
    [InlineData("hello-world")]
    [InlineData("nats_2")]
    [InlineData("a123456789012345678901234567890123456789")]
    public void A_snap_can_have_such_a_name(string name) => Assert.True(SnapNames.IsValid(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("22")]
    [InlineData("Nats")]
    [InlineData("nats.server")]
    [InlineData("-nats")]
    [InlineData("nats-")]
    [InlineData("hello--world")]
    [InlineData("nats\n")]
    [InlineData("nats_")]
    [InlineData("nats_12345678901")]
    [InlineData("22_a")]
    [InlineData("größe")]
    [InlineData("a1234567890123456789012345678901234567890")]
    public void No_snap_can_have_such_a_name(string? name) => Assert.False(SnapNames.IsValid(name));

    [Theory]
    [InlineData("snapd", true)]
    [InlineData("pc-kernel", true)]
    [InlineData("core22", true)]
    [InlineData("core22-desktop", false)]
    [InlineData("kernel", false)]
    [InlineData("pc-kernel-extra", false)]
    [InlineData("Snapd", false)]
    public void A_star_in_a_protected_name_stands_for_any_text(string name, bool isProtected) =>
        Assert.Equal(isProtected, new ProtectedSnaps(["snapd", "core22", "*-kernel"]).Contains(name));
}
