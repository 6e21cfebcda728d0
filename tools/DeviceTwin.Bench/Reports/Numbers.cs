using System.Globalization;

namespace DeviceTwin.Bench.Reports;

/// <summary>Numbers for people.</summary>
internal static class Numbers
{
    /// <summary>Three digits that mean something, or more where the number is larger.</summary>
    public static string Text(double value) =>
        value.ToString(
            value switch
            {
                >= 100 => "N0",
                >= 10 => "0.0",
                _ => "0.00",
            },
            CultureInfo.InvariantCulture
        );
}
