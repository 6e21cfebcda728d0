using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data;

public sealed class ManyRowsTests
{
    private static readonly DateTime At = new DateTime(2026, 11, 23, 9, 30, 0, DateTimeKind.Utc).AddTicks(1_234_560);

    [Theory, EveryStore(Memory = true)]
    public async Task Rows_are_stored_as_the_change_tracker_stores_them(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.Store.WriteAsync(
            async (context, token) =>
            {
                context.AddRange(Full("tracked"), Bare("tracked"));
                await context.SaveChangesAsync(token);
                await ManyRows.InsertAsync(context, [Full("inserted"), Bare("inserted")], token);
            },
            CancellationToken.None
        );

        await using var opened = await store.OpenAsync();
        var columns = opened.Model.FindEntityType(typeof(DeviceAction))!.GetProperties().ToList();
        foreach (var which in new[] { "full", "bare" })
        {
            var stored = await opened
                .Actions.Where(action => action.Snap == which)
                .OrderBy(action => action.Id)
                .ToListAsync();
            var texts = stored.ConvertAll(action =>
                columns
                    .Where(column => column.Name is not (nameof(DeviceAction.Id) or nameof(DeviceAction.ActionId)))
                    .Select(column => $"{column.Name}: {column.GetGetter().GetClrValue(action)}")
            );
            Assert.Equal(2, texts.Count);
            Assert.Equal(texts[0], texts[1]);
            Assert.True(await opened.Actions.CountAsync(action => action.UpdatedAt == At && action.Snap == which) == 2);
        }
    }

    [Theory, EveryStore(Memory = true)]
    public async Task A_row_that_is_there_is_brought_up_to_date_and_another_is_added(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.Store.WriteAsync(
            async (context, token) =>
            {
                await ManyRows.InsertAsync(context, [Full("stored")], token);
                var changed = Full("stored");
                (changed.Message, changed.ExpiresAt, changed.Status) = ("changed", null, ActionStatus.Failed);
                await ManyRows.StoreAsync(context, [Bare("added"), changed], ["action_id"], token);
            },
            CancellationToken.None
        );

        await using var opened = await store.OpenAsync();
        var stored = await opened.Actions.OrderBy(action => action.Id).ToListAsync();
        Assert.Equal(["full stored", "bare added"], stored.Select(action => action.ActionId));
        Assert.Equal(
            ("changed", null, ActionStatus.Failed),
            (stored[0].Message, stored[0].ExpiresAt, stored[0].Status)
        );
    }

    [Theory, EveryStore]
    public async Task Actions_that_are_inserted_wake_the_outbox_once_they_are_committed(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var next = store.Commits.Next;
        await store.Store.WriteAsync(
            async (context, token) =>
            {
                await ManyRows.InsertAsync(context, [Full("inserted")], token);
                Assert.False(next.IsCompleted);
            },
            CancellationToken.None
        );
        Assert.True(next.IsCompleted);

        next = store.Commits.Next;
        await store.Store.WriteAsync((_, _) => Task.CompletedTask, CancellationToken.None);
        Assert.False(next.IsCompleted);
    }

    private static DeviceAction Full(string how) =>
        new()
        {
            ActionId = "full " + how,
            OrganizationId = "abc",
            DeviceId = "d\"1' {0} Ä😀",
            Kind = ActionKind.Setconf,
            Snap = "full",
            Data = """{"a":"\u00e4\n"}""",
            Status = ActionStatus.TimedOut,
            Message = "12",
            CreatedAt = At.AddMilliseconds(500),
            UpdatedAt = At,
            SentAt = At.Date,
            ExpiresAt = At,
            ConfirmedAt = At,
            RequestedBy = "ann",
            JobId = "1.0",
            IsQuestion = true,
            DueAt = At,
            LeaseUntil = At,
            RevisionBefore = 7,
            ChannelBefore = "null",
        };

    private static DeviceAction Bare(string how) =>
        new()
        {
            ActionId = "bare " + how,
            OrganizationId = "abc",
            DeviceId = "",
            Snap = "bare",
            UpdatedAt = At,
        };
}
