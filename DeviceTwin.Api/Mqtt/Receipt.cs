namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The acknowledgement that the broker waits for. It goes over the connection that the message came by and over no other: on a
/// new connection the same packet identifier may mean another message.
/// </summary>
/// <param name="link">The connection; null where nothing is to be acknowledged (QoS 0).</param>
/// <param name="packetIdentifier">What the broker calls the message.</param>
internal readonly struct Receipt(BrokerLink? link, ushort packetIdentifier)
{
    /// <summary>Whether the broker waits for it.</summary>
    public bool IsAwaited => link is not null;

    /// <summary>Acknowledges; where the connection is lost the broker delivers the message again.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task AcknowledgeAsync(CancellationToken cancellationToken) =>
        link is null ? Task.CompletedTask : AcknowledgeAsync(link, [packetIdentifier], cancellationToken);

    /// <summary>Acknowledges many at once.</summary>
    /// <param name="receipts">In the order in which the messages came.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task AcknowledgeAsync(List<Receipt> receipts, CancellationToken cancellationToken)
    {
        foreach (var ofLink in receipts.Where(receipt => receipt.IsAwaited).GroupBy(receipt => receipt.Link!))
        {
            await AcknowledgeAsync(
                ofLink.Key,
                [.. ofLink.Select(receipt => receipt.PacketIdentifier)],
                cancellationToken
            );
        }
    }

    private BrokerLink? Link => link;

    private ushort PacketIdentifier => packetIdentifier;

    private static async Task AcknowledgeAsync(
        BrokerLink link,
        IReadOnlyList<ushort> packetIdentifiers,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await link.AcknowledgeAsync(packetIdentifiers, cancellationToken);
        }
        catch (Exception lost) when (BrokerFault.IsLoss(lost))
        {
            // The session is the broker's: what is not acknowledged comes again, and storing it twice changes nothing.
        }
        catch (Exception fault) when (!BrokerFault.IsLoss(fault))
        {
            // Whoever handles messages goes on. The connection is given up with this reason, and the broker delivers the message again.
            link.Fail(fault);
        }
    }
}
