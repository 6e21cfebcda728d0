namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The messages that have left a channel and are not done, in order for each device. They share a bound. Those of a device of which one failed are counted
/// apart from it, up to a number for each device and as many in all as the shared bound has, so that they take no room from other devices. Safe from any
/// thread.
/// </summary>
/// <param name="capacity">How many messages may wait.</param>
/// <param name="pending">How many may wait behind one that failed.</param>
internal sealed class DeviceLanes(int capacity, int pending) : IDisposable
{
    private readonly SemaphoreSlim room = new(capacity);
    private readonly Lock gate = new();
    private readonly Dictionary<string, DeviceLane> lanes = new(StringComparer.Ordinal);
    private int apart;

    /// <summary>Whether no message waits but those of devices of which one failed.</summary>
    public bool IsIdle => room.CurrentCount == capacity;

    /// <summary>Adds a message behind its device's earlier ones; waits while there is no room.</summary>
    /// <param name="message">The message.</param>
    /// <param name="run">Handles a lane's messages until there is none.</param>
    /// <param name="stoppingToken">Ends the wait.</param>
    public async ValueTask AddAsync(InboundMessage message, Func<DeviceLane, Task> run, CancellationToken stoppingToken)
    {
        if (TryAddApart(message))
        {
            return;
        }

        await room.WaitAsync(stoppingToken);
        lock (gate)
        {
            if (!lanes.TryGetValue(message.Sender, out var lane))
            {
                lane = new DeviceLane(message.Sender);
                lanes.Add(message.Sender, lane);
                lane.Run = Task.Run(() => run(lane), CancellationToken.None);
            }

            lane.Waiting.AddLast(new WaitingMessage(message));
        }
    }

    /// <summary>A lane's first message; where there is none the lane ends, and null is given.</summary>
    /// <param name="lane">The lane.</param>
    public InboundMessage? First(DeviceLane lane)
    {
        lock (gate)
        {
            if (lane.Waiting.First is { } first)
            {
                return first.Value.Message;
            }

            lanes.Remove(lane.DeviceId);
            return null;
        }
    }

    /// <summary>A lane's first message failed: it and those behind it no longer take room from other devices.</summary>
    /// <param name="lane">The lane.</param>
    public void Fail(DeviceLane lane)
    {
        lock (gate)
        {
            lane.IsFailing = true;
            var kept = 0;
            foreach (var waiting in lane.Waiting)
            {
                if (!waiting.IsApart && kept <= pending && apart < capacity)
                {
                    waiting.IsApart = true;
                    apart++;
                    room.Release();
                }

                kept++;
                if (!waiting.IsApart)
                {
                    lane.Crowd();
                }
            }
        }
    }

    /// <summary>A lane's first message is done.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="succeeded">Whether it was handled, so that the lane is like any other again.</param>
    public void Finish(DeviceLane lane, bool succeeded)
    {
        lock (gate)
        {
            lane.Relieve(stillFails: !succeeded);
            var isApart = lane.Waiting.First!.Value.IsApart;
            lane.Waiting.RemoveFirst();
            if (isApart)
            {
                apart--;
            }
            else
            {
                room.Release();
            }
        }
    }

    /// <summary>Waits until all lanes have ended.</summary>
    public Task EndAsync()
    {
        lock (gate)
        {
            return Task.WhenAll(lanes.Values.Select(lane => lane.Run));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => room.Dispose();

    private bool TryAddApart(InboundMessage message)
    {
        lock (gate)
        {
            if (!lanes.TryGetValue(message.Sender, out var lane) || !lane.IsFailing)
            {
                return false;
            }

            if (lane.Waiting.Count > pending || apart == capacity)
            {
                // Said before it waits for room: the lane's first message is set aside at once.
                lane.Crowd();
                return false;
            }

            apart++;
            lane.Waiting.AddLast(new WaitingMessage(message) { IsApart = true });
            return true;
        }
    }
}

/// <summary>The messages of one device that are not done. Its members belong to <see cref="DeviceLanes"/>, <see cref="Crowded"/> excepted.</summary>
/// <param name="deviceId">The device.</param>
internal sealed class DeviceLane(string deviceId)
{
    private TaskCompletionSource crowded = NewSource();

    /// <summary>The device.</summary>
    public string DeviceId => deviceId;

    /// <summary>Ends when more messages wait behind one that failed than may.</summary>
    public Task Crowded => Volatile.Read(ref crowded).Task;

    /// <summary>The messages, the first being handled.</summary>
    public LinkedList<WaitingMessage> Waiting { get; } = [];

    /// <summary>Whether the last message that was tried failed.</summary>
    public bool IsFailing { get; set; }

    /// <summary>Handles the messages.</summary>
    public Task Run { get; set; } = Task.CompletedTask;

    /// <summary>More messages wait behind the one that failed than may.</summary>
    public void Crowd() => crowded.TrySetResult();

    /// <summary>The one that failed is out of the way.</summary>
    /// <param name="stillFails">Whether the next is taken to fail as well.</param>
    public void Relieve(bool stillFails)
    {
        IsFailing = stillFails;
        if (crowded.Task.IsCompleted)
        {
            Volatile.Write(ref crowded, NewSource());
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A message in a lane.</summary>
/// <param name="message">The message.</param>
internal sealed class WaitingMessage(InboundMessage message)
{
    /// <summary>The message.</summary>
    public InboundMessage Message => message;

    /// <summary>Whether it is counted apart from the shared bound.</summary>
    public bool IsApart { get; set; }
}
