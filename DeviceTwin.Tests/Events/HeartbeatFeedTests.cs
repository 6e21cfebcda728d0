using System.Globalization;
using DeviceTwin.Api.Events;
using DeviceTwin.Data.Devices;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Events;

public sealed class HeartbeatFeedTests
{
    private readonly HeartbeatFeed feed = new(new HeartbeatRate(new FakeTimeProvider()));

    [Fact]
    public async Task A_reader_that_does_not_read_finds_each_devices_newest_and_no_backlog()
    {
        using var listener = feed.Subscribe("acme");
        for (var second = 0; second < 1_000; second++)
        {
            feed.Publish([.. Enumerable.Range(0, 100).Select(device => Heartbeat(Name(device), second))]);
        }

        Assert.Equal(100, listener.Waiting);
        var heartbeats = await listener.ReadAsync(CancellationToken.None).NextAsync(100);

        Assert.Equal(Enumerable.Range(0, 100).Select(Name), heartbeats.Select(heartbeat => heartbeat.DeviceId));
        Assert.All(heartbeats, heartbeat => Assert.Equal(Some.Instant.AddSeconds(999), heartbeat.At));
        Assert.Equal(0, listener.Waiting);
    }

    [Fact]
    public async Task A_reader_that_keeps_up_gets_every_heartbeat_as_it_is_published()
    {
        using var listener = feed.Subscribe("acme");
        using var ending = new CancellationTokenSource();
        await using var heartbeats = listener.ReadAsync(ending.Token).GetAsyncEnumerator();
        for (var second = 0; second < 100; second++)
        {
            var next = heartbeats.MoveNextAsync();
            feed.Publish([Heartbeat("d1", second)]);
            Assert.True(await next);
            Assert.Equal(Some.Instant.AddSeconds(second), heartbeats.Current.At);
        }
    }

    [Fact]
    public async Task Only_the_wanted_organization_and_devices_are_told()
    {
        using var two = feed.Subscribe("acme", new HashSet<string> { "d2", "d3" });
        var group = new HashSet<string> { "d1" };
        using var members = feed.Subscribe("acme", includes: group.Contains);
        feed.Publish([Heartbeat("d1", 1), Heartbeat("d2", 1), Heartbeat("x", 1, "other")]);
        group.Add("d3");
        feed.Publish([Heartbeat("d3", 2)]);

        Assert.Equal(["d2", "d3"], await ReadAsync(two));
        Assert.Equal(["d1", "d3"], await ReadAsync(members));
    }

    [Fact]
    public async Task A_listener_that_fails_ends_with_its_fault_and_the_others_go_on()
    {
        using var broken = feed.Subscribe("acme", includes: _ => throw new InvalidTimeZoneException("broken"));
        using var whole = feed.Subscribe("acme");

        feed.Publish([Heartbeat("d1", 1), Heartbeat("d2", 1)]);

        Assert.Equal(1, feed.Listeners);
        Assert.Equal(["d1", "d2"], await ReadAsync(whole));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => ReadAsync(broken));
    }

    [Fact]
    public async Task An_older_heartbeat_does_not_replace_a_newer_one_that_waits()
    {
        using var listener = feed.Subscribe("acme");
        feed.Publish([Heartbeat("d1", 5)]);
        feed.Publish([Heartbeat("d1", 4)]);

        var told = await listener.ReadAsync(CancellationToken.None).NextAsync(1);

        Assert.Equal(Some.Instant.AddSeconds(5), told[0].At);
    }

    [Fact]
    public async Task Ending_the_reading_or_disposing_frees_the_listener()
    {
        using var ending = new CancellationTokenSource();
        var reading = feed.Subscribe("acme").ReadAsync(ending.Token).NextAsync(1);
        var disposed = feed.Subscribe("acme");
        var ended = disposed.ReadAsync(CancellationToken.None).NextAsync(1);
        Assert.Equal(2, feed.Listeners);

        disposed.Dispose();
        Assert.Empty(await ended);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        Assert.Equal(0, feed.Listeners);
        disposed.Dispose();
        Assert.Equal(0, feed.Listeners);
    }

    [Fact]
    public async Task Publishing_and_reading_at_once_loses_no_devices_newest()
    {
        using var listener = feed.Subscribe("acme");
        var publishing = Task.Run(() =>
        {
            for (var second = 1; second <= 20_000; second++)
            {
                feed.Publish([Heartbeat(Name(second % 7), second)]);
            }
        });

        var newest = new Dictionary<string, DateTime>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var heartbeat in listener.ReadAsync(limit.Token))
        {
            Assert.True(newest.GetValueOrDefault(heartbeat.DeviceId) < heartbeat.At);
            newest[heartbeat.DeviceId] = heartbeat.At;
            if (newest.Values.Order().SequenceEqual(Enumerable.Range(19_994, 7).Select(At)))
            {
                break;
            }
        }

        await publishing;
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"device-{number:D3}");

    private static DateTime At(int second) => Some.Instant.AddSeconds(second);

    private static StoredHeartbeat Heartbeat(string device, int second, string organization = "acme") =>
        new(organization, device, At(second), At(second));

    private static async Task<IEnumerable<string>> ReadAsync(HeartbeatListener listener) =>
        (await listener.ReadAsync(CancellationToken.None).NextAsync(2)).Select(heartbeat => heartbeat.DeviceId);
}
