using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.SetAside;

namespace DeviceTwin.Tests.Twins;

/// <summary>Claims of tests in which nothing fails.</summary>
internal static class OutboxClaims
{
    /// <summary>Claims messages, and leaves none out.</summary>
    public static Task<IReadOnlyList<TMessage>> ClaimAsync<TMessage>(this IOutbox<TMessage> outbox, int most)
        where TMessage : IOutgoingMessage => outbox.ClaimAsync(most, ExcludedItems.None, CancellationToken.None);
}
