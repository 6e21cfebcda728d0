using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Metadata;

namespace DeviceTwin.Data;

/// <summary>Something that EF Core makes for one model, such as a compiled query: each store of a process has a model of its own.</summary>
/// <param name="make">Makes it.</param>
/// <typeparam name="T">What is made.</typeparam>
internal sealed class PerModel<T>(Func<T> make)
    where T : class
{
    private readonly ConditionalWeakTable<IModel, T> made = [];

    /// <summary>What was made for the context's model.</summary>
    /// <param name="context">A context of the store.</param>
    public T Of(TwinDbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return made.GetValue(context.Model, _ => make());
    }
}
