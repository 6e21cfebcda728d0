using System.Runtime.CompilerServices;

namespace DeviceTwin.Api.GraphQL.Live;

/// <summary>What a caller hears of an organization that they may not see, or that does not exist.</summary>
public static class Silence
{
    /// <summary>Nothing, until the listener goes.</summary>
    /// <param name="cancellationToken">The listener goes.</param>
    public static async IAsyncEnumerable<T> Of<T>(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        yield break;
    }
}
