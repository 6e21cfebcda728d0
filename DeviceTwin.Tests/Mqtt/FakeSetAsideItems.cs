using System.Collections.Concurrent;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>The store's side of set-aside items: keeps what is set aside.</summary>
internal sealed class FakeSetAsideItems : ISetAsideItems
{
    /// <summary>Called before an item is kept; may throw.</summary>
    public Action<FailedItem> Keep { get; set; } = _ => { };

    public ConcurrentQueue<(string Worker, FailedItem Item, Exception Fault, int Tries)> Items { get; } = new();

    public IEnumerable<string> Payloads(string deviceId) =>
        Items
            .Where(kept => kept.Item.DeviceId == deviceId)
            .Select(kept => System.Text.Encoding.UTF8.GetString(kept.Item.Payload!));

    public Task AddAsync(
        string worker,
        FailedItem item,
        Exception fault,
        int tries,
        DateTime firstFailedAt,
        CancellationToken cancellationToken
    )
    {
        Keep(item);
        Items.Enqueue((worker, item, fault, tries));
        return Task.CompletedTask;
    }

    public Task<string[]> KeysAsync(string worker, CancellationToken cancellationToken) =>
        Task.FromResult<string[]>([.. Items.Where(kept => kept.Worker == worker).Select(kept => kept.Item.Key)]);

    public Task<IReadOnlyList<SetAsideItem>> ClaimRetriesAsync(
        TimeSpan lease,
        int most,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<SetAsideItem>>([]);

    public Task RemoveAsync(SetAsideItem item, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task FailRetryAsync(SetAsideItem item, Exception fault, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task MeasureAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
