using System.Linq.Expressions;

namespace DeviceTwin.Api.GraphQL.Engine.Filters;

/// <summary>
/// Conditions on a text; all that are given must hold. Letters' case counts. An operation that starts with n is the
/// negation of the one without it and so holds for null, too.
/// </summary>
public sealed class StringOperationFilterInput : FilterInput
{
    /// <summary>All of these hold.</summary>
    public IReadOnlyList<StringOperationFilterInput>? And { get; init; }

    /// <summary>At least one of these holds.</summary>
    public IReadOnlyList<StringOperationFilterInput>? Or { get; init; }

    /// <summary>Equals; null finds null.</summary>
    public string? Eq { get; init; }

    /// <summary>Does not equal.</summary>
    public string? Neq { get; init; }

    /// <summary>Has this somewhere in it.</summary>
    public string? Contains { get; init; }

    /// <summary>Has this nowhere in it.</summary>
    public string? Ncontains { get; init; }

    /// <summary>Is one of these; of none when the list is empty.</summary>
    public IReadOnlyList<string?>? In { get; init; }

    /// <summary>Is none of these.</summary>
    public IReadOnlyList<string?>? Nin { get; init; }

    /// <summary>Begins with this.</summary>
    public string? StartsWith { get; init; }

    /// <summary>Does not begin with this.</summary>
    public string? NstartsWith { get; init; }

    /// <summary>Ends with this.</summary>
    public string? EndsWith { get; init; }

    /// <summary>Does not end with this.</summary>
    public string? NendsWith { get; init; }

    /// <summary>The conditions as one on what has the text.</summary>
    /// <param name="member">The text.</param>
    public Expression<Func<T, bool>> ToPredicate<T>(Expression<Func<T, string?>> member) =>
        Predicates.On(member, ToPredicate());

    private Expression<Func<string?, bool>> ToPredicate() => Predicates.And(Conditions());

    private IEnumerable<Expression<Func<string?, bool>>> Conditions()
    {
        if (And is not null)
        {
            yield return Predicates.And(And.Select(part => part.ToPredicate()));
        }
        if (Or is not null)
        {
            yield return Predicates.Or(Or.Select(part => part.ToPredicate()));
        }
        if (Has(nameof(Eq)))
        {
            yield return ValueConditions.Equal(Eq);
        }
        if (Has(nameof(Neq)))
        {
            yield return ValueConditions.Not(ValueConditions.Equal(Neq));
        }
        if (Has(nameof(In)))
        {
            yield return ValueConditions.In(In);
        }
        if (Has(nameof(Nin)))
        {
            yield return ValueConditions.Not(ValueConditions.In(Nin));
        }
        if (Has(nameof(Contains)))
        {
            yield return TextConditions.Contains(Contains);
        }
        if (Has(nameof(Ncontains)))
        {
            yield return ValueConditions.Not(TextConditions.Contains(Ncontains));
        }
        if (Has(nameof(StartsWith)))
        {
            yield return TextConditions.StartsWith(StartsWith);
        }
        if (Has(nameof(NstartsWith)))
        {
            yield return ValueConditions.Not(TextConditions.StartsWith(NstartsWith));
        }
        if (Has(nameof(EndsWith)))
        {
            yield return TextConditions.EndsWith(EndsWith);
        }
        if (Has(nameof(NendsWith)))
        {
            yield return ValueConditions.Not(TextConditions.EndsWith(NendsWith));
        }
    }
}
