using System.Collections.Frozen;

namespace DeviceTwin.Api.Security;

/// <summary>The organizations that a caller may see. Two of them are equal when they hold the same.</summary>
public sealed class OrganizationScope : IEquatable<OrganizationScope>
{
    /// <summary>How every organization is written where organizations are named.</summary>
    public const string Everything = "*";

    private readonly FrozenSet<string>? ids;

    private OrganizationScope(FrozenSet<string>? ids) => this.ids = ids;

    /// <summary>Every organization, also those that come later.</summary>
    public static OrganizationScope All { get; } = new(null);

    /// <summary>None.</summary>
    public static OrganizationScope None { get; } = new([]);

    /// <summary>These organizations.</summary>
    /// <param name="ids">Their ids; <see cref="Everything"/> among them stands for all.</param>
    public static OrganizationScope Of(IEnumerable<string> ids)
    {
        var distinct = ids.Where(id => id.Length > 0).ToFrozenSet(StringComparer.Ordinal);
        return distinct.Contains(Everything) ? All : new OrganizationScope(distinct);
    }

    /// <summary>Whether an organization is among them, whether it exists or not.</summary>
    /// <param name="organizationId">The organization.</param>
    public bool Contains(string organizationId)
    {
        ArgumentNullException.ThrowIfNull(organizationId);
        return organizationId.Length > 0 && ids?.Contains(organizationId) != false;
    }

    /// <inheritdoc />
    public bool Equals(OrganizationScope? other) =>
        other is not null && (ids is null ? other.ids is null : other.ids is not null && ids.SetEquals(other.ids));

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as OrganizationScope);

    /// <inheritdoc />
    public override int GetHashCode() => ids?.Count ?? -1;
}
