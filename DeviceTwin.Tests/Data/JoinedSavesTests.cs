using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Changes;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data;

/// <summary>Many rows of one kind that a transaction changes or adds.</summary>
public sealed class JoinedSavesTests
{
    private const int Many = 20;
    private static readonly DateTime At = new(2026, 11, 23, 9, 30, 0, DateTimeKind.Utc);

    [Theory, EveryStore(Memory = true)]
    public async Task Many_changed_rows_are_written_by_one_statement_each_with_its_own_values(StoreKind kind)
    {
        await using var store = await StoreActionsAsync(kind);
        store.Commands.Clear();

        await store.Store.WriteAsync(
            async (context, token) =>
            {
                foreach (var action in await context.Actions.Where(action => action.Id > 0).ToListAsync(token))
                {
                    var number = int.Parse(action.DeviceId, System.Globalization.CultureInfo.InvariantCulture);
                    action.Status = number % 2 == 0 ? ActionStatus.Completed : ActionStatus.Failed;
                    action.Message = number % 3 == 0 ? null : $"message {number}";
                    action.DueAt = number % 5 == 0 ? At.AddSeconds(number) : action.DueAt;
                }
            },
            CancellationToken.None
        );

        Assert.Single(store.Commands.Statements, IsUpdate);
        await using var opened = await store.OpenAsync();
        for (var number = 0; number < Many; number++)
        {
            var action = await opened.Actions.SingleAsync(action => action.DeviceId == $"{number}");
            Assert.Equal(number % 2 == 0 ? ActionStatus.Completed : ActionStatus.Failed, action.Status);
            Assert.Equal(number % 3 == 0 ? null : $"message {number}", action.Message);
            Assert.Equal(number % 5 == 0 ? At.AddSeconds(number) : At, action.DueAt);
            Assert.Equal(("abc", null), (action.OrganizationId, action.SentAt));
        }
    }

    [Theory, EveryStore]
    public async Task What_changes_after_a_save_is_saved_by_the_next(StoreKind kind)
    {
        await using var store = await StoreActionsAsync(kind);
        await store.Store.WriteAsync(
            async (context, token) =>
            {
                var actions = await context.Actions.ToListAsync(token);
                actions.ForEach(action => action.Message = "first");
                await context.SaveChangesAsync(token);
                actions[3].Message = "second";
                actions.ForEach(action => action.SentAt = At);
            },
            CancellationToken.None
        );

        await using var opened = await store.OpenAsync();
        Assert.Equal(1, await opened.Actions.CountAsync(action => action.Message == "second" && action.SentAt == At));
        Assert.Equal(
            Many - 1,
            await opened.Actions.CountAsync(action => action.Message == "first" && action.SentAt == At)
        );
    }

    [Theory, EveryStore]
    public async Task Many_changes_stand_in_the_log_in_their_order_with_their_transaction(StoreKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var next = store.Commits.Next;
        await store.Store.WriteAsync(
            (context, _) =>
            {
                context.AddRange(Enumerable.Range(0, Many).Select(Change));
                return Task.CompletedTask;
            },
            CancellationToken.None
        );

        Assert.True(next.IsCompleted);
        Assert.Single(
            store.Commands.Statements,
            statement => statement.Contains("twin_change", StringComparison.Ordinal)
        );
        await using var opened = await store.OpenAsync();
        List<TwinChange> changes = [];
        // What other tests have under way in the same server holds the log back.
        await Eventually.BecomesTrueAsync(
            async () =>
                (changes = await ChangeStatements.After(opened, ChangePosition.Beginning).ToListAsync()).Count > 0,
            "the log shows what is committed"
        );
        Assert.Equal(
            Enumerable.Range(0, Many).Select(number => $"{number}"),
            changes.Select(change => change.DeviceId)
        );
        Assert.Equal(kind == StoreKind.Postgres, Assert.Single(changes.Select(c => c.TransactionId).Distinct()) > 0);
    }

    [Theory, EveryStore]
    public async Task Nothing_of_it_is_stored_when_the_work_fails(StoreKind kind)
    {
        await using var store = await StoreActionsAsync(kind);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            store.Store.WriteAsync(
                async (context, token) =>
                {
                    (await context.Actions.ToListAsync(token)).ForEach(action => action.Message = "lost");
                    context.AddRange(Enumerable.Range(0, Many).Select(Change));
                    await context.SaveChangesAsync(token);
                    throw new InvalidOperationException();
                },
                CancellationToken.None
            )
        );

        await using var opened = await store.OpenAsync();
        Assert.False(await opened.Changes.AnyAsync());
        Assert.False(await opened.Actions.AnyAsync(action => action.Message != null));
    }

    private static bool IsUpdate(string statement) =>
        statement.StartsWith("update", StringComparison.OrdinalIgnoreCase);

    private static async Task<TestStore> StoreActionsAsync(StoreKind kind)
    {
        var store = await TestStore.CreateAsync(kind);
        await store.Store.WriteAsync(
            (context, token) => ManyRows.InsertAsync(context, [.. Enumerable.Range(0, Many).Select(Action)], token),
            CancellationToken.None
        );
        return store;
    }

    private static DeviceAction Action(int number) =>
        new()
        {
            ActionId = $"id {number}",
            OrganizationId = "abc",
            DeviceId = $"{number}",
            CreatedAt = At,
            UpdatedAt = At,
            DueAt = At,
        };

    private static TwinChange Change(int number) =>
        new()
        {
            OrganizationId = "abc",
            DeviceId = $"{number}",
            Kinds = ChangeKinds.Action,
            ActionStatus = number % 2 == 0 ? ActionStatus.Sent : null,
            At = At,
            By = TwinChange.ByService,
        };
}
