using DeviceTwin.Api.Security;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

/// <summary>Finds the caller of a field.</summary>
public static class CallerExtensions
{
    /// <summary>Who asks for this field.</summary>
    /// <param name="context">The field.</param>
    public static Caller Caller(this IResolveFieldContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Security.Caller.Of(context.User);
    }
}
