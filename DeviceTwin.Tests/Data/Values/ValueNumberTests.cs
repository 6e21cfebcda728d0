using System.Text;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Tests.Data.Values;

public sealed class ValueNumberTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("-0.0e-99999999999", "0")]
    [InlineData("0e999999999999999999999", "0")]
    [InlineData("100", "100")]
    [InlineData("1e2", "100")]
    [InlineData("100.0", "100")]
    [InlineData("10e-1", "1")]
    [InlineData("1.50", "1.5")]
    [InlineData("-1.5E+3", "-1500")]
    [InlineData("0.1", "0.1")]
    [InlineData("0.1000000000000000055511151231257827", "0.1")]
    [InlineData("1e-7", "0.0000001")]
    [InlineData("1.25e-7", "0.000000125")]
    [InlineData("1234567890123456.7", "1234567890123456.8")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("9007199254740993.0", "9007199254740992")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("9223372036854775807.0", "9223372036854776000")]
    [InlineData("100000000000000000000", "100000000000000000000")]
    [InlineData("1e21", "1000000000000000000000")]
    [InlineData("1.2345e20", "123450000000000000000")]
    public void A_number_has_one_form_that_it_keeps(string literal, string expected)
    {
        Assert.Equal(expected, Canonical(literal));
        Assert.Equal(expected, Canonical(expected));
    }

    [Theory]
    [InlineData("1.7976931348623157e308", 309)]
    [InlineData("-1.7976931348623157e308", 310)]
    [InlineData("5e-324", 326)]
    [InlineData("-2.2250738585072014e-308", 327)]
    public void The_limits_of_a_double_have_a_form_that_is_accepted_again(string literal, int length)
    {
        var canonical = Canonical(literal);

        Assert.Equal(length, canonical.Length);
        Assert.Equal(canonical, Canonical(canonical));
        Assert.Equal(
            double.Parse(literal, System.Globalization.CultureInfo.InvariantCulture),
            double.Parse(canonical, System.Globalization.CultureInfo.InvariantCulture)
        );
    }

    [Theory]
    [InlineData("9223372036854775808", "the integer is beyond 64 bits")]
    [InlineData("-9223372036854775809", "the integer is beyond 64 bits")]
    [InlineData("18446744073709551615", "the integer is beyond 64 bits")]
    [InlineData("100000000000000000001", "the integer is beyond 64 bits")]
    [InlineData("1e309", "the number is beyond the range")]
    [InlineData("-1e99999999999", "the number is beyond the range")]
    [InlineData("557236406134e62000323100", "the number is beyond the range")]
    [InlineData("1e-325", "the number is closer to zero")]
    [InlineData("0.001e-99999999999999999999", "the number is closer to zero")]
    public void What_two_programs_would_read_differently_is_refused(string literal, string reason)
    {
        Assert.False(ValueNumber.TryCanonical(Encoding.ASCII.GetBytes(literal), out _, out var fault));
        Assert.StartsWith(reason, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0.")]
    public void A_number_of_very_many_digits_is_not_read(string start)
    {
        var literal = Encoding.ASCII.GetBytes(start + new string('9', 250_000));
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(ValueNumber.TryCanonical(literal, out _, out var fault));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 10_000);
        Assert.StartsWith("the number has more than 400 characters", fault, StringComparison.Ordinal);
    }

    private static string Canonical(string literal)
    {
        Assert.True(
            ValueNumber.TryCanonical(Encoding.ASCII.GetBytes(literal), out var canonical, out var fault),
            fault
        );
        return canonical!;
    }
}
