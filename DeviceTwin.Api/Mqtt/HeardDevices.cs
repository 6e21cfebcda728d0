using System.Threading.Channels;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Devices that were heard by another message than a heartbeat; the heartbeat pump stores them with its next batch.</summary>
/// <param name="settings">Say how many may wait.</param>
internal sealed class HeardDevices(Settings settings)
{
    private readonly Channel<Sighting> channel = Channel.CreateBounded<Sighting>(settings.Mqtt.IntakeCapacity);

    /// <summary>Gives them out.</summary>
    public ChannelReader<Sighting> Reader => channel.Reader;

    /// <summary>Adds one; waits while too many wait.</summary>
    /// <param name="sighting">What was heard.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask AddAsync(Sighting sighting, CancellationToken cancellationToken) =>
        channel.Writer.WriteAsync(sighting, cancellationToken);
}
