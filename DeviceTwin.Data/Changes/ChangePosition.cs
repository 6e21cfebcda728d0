namespace DeviceTwin.Data.Changes;

/// <summary>A place in the change log: everything up to and with it has been read.</summary>
/// <param name="TransactionId"><see cref="TwinChange.TransactionId"/>.</param>
/// <param name="Id"><see cref="TwinChange.Id"/>.</param>
public readonly record struct ChangePosition(long TransactionId, long Id) : IComparable<ChangePosition>
{
    /// <summary>The place before the first change that was ever written.</summary>
    public static ChangePosition Beginning => default;

    /// <summary>The place of a change.</summary>
    /// <param name="change">The change.</param>
    public static ChangePosition Of(TwinChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new ChangePosition(change.TransactionId, change.Id);
    }

    /// <summary>The later of two places.</summary>
    /// <param name="one">One.</param>
    /// <param name="other">The other.</param>
    public static ChangePosition Later(ChangePosition one, ChangePosition other) => one > other ? one : other;

    /// <inheritdoc />
    public int CompareTo(ChangePosition other) =>
        TransactionId == other.TransactionId ? Id.CompareTo(other.Id) : TransactionId.CompareTo(other.TransactionId);

    /// <summary>Whether the left comes before the right.</summary>
    public static bool operator <(ChangePosition left, ChangePosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left comes after the right.</summary>
    public static bool operator >(ChangePosition left, ChangePosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left does not come after the right.</summary>
    public static bool operator <=(ChangePosition left, ChangePosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left does not come before the right.</summary>
    public static bool operator >=(ChangePosition left, ChangePosition right) => left.CompareTo(right) >= 0;
}
