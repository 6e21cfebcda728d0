using System.Buffers;
using System.Collections.Concurrent;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace DeviceTwin.Simulator;

/// <summary>
/// One MQTT connection for one agent or, in the light mode, for many. While it runs it connects, subscribes for the agents that
/// are present, waits, and tries again for ever with growing pauses.
/// </summary>
internal sealed class AgentConnection : IAsyncDisposable
{
    private const int TopicsASubscription = 100;
    private const int AnswersAtOnce = 64;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly string _clientId;
    private readonly BrokerAccess _broker;
    private readonly FleetCounters _counters;
    private readonly TimeProvider _time;
    private readonly Chance _chance;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentDictionary<string, SimulatedAgent> _present = new();
    private readonly SemaphoreSlim _answering = new(AnswersAtOnce);
    private volatile TaskCompletionSource _disconnected = new();
    private CancellationTokenSource _stop = new();
    private CancellationToken _stopping;
    private Task _running = Task.CompletedTask;

    public AgentConnection(string clientId, BrokerAccess broker, FleetCounters counters, TimeProvider time, int seed)
    {
        _clientId = clientId;
        _broker = broker;
        _counters = counters;
        _time = time;
        _chance = new Chance(seed, clientId + "/connection");
        _client.ApplicationMessageReceivedAsync += ReceiveAsync;
        _client.DisconnectedAsync += _ =>
        {
            _disconnected.TrySetResult();
            return Task.CompletedTask;
        };
    }

    /// <summary>Starts connecting for these agents; returns at once.</summary>
    public void Start(IEnumerable<SimulatedAgent> agents)
    {
        foreach (var agent in agents)
            _present[agent.DeviceId] = agent;
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _stopping = _stop.Token;
        _running = Task.Run(() => RunAsync(_stopping), CancellationToken.None);
    }

    /// <summary>Disconnects and stays so until started again.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _present.Clear();
    }

    /// <summary>Takes in one more agent while running (the light mode).</summary>
    public async Task AddAsync(SimulatedAgent agent, CancellationToken cancellationToken)
    {
        _present[agent.DeviceId] = agent;
        await WhileConnectedAsync(() => SubscribeAsync([agent], cancellationToken), cancellationToken);
    }

    /// <summary>Lets an agent go while running (the light mode): what comes for it from now on is lost.</summary>
    public async Task RemoveAsync(SimulatedAgent agent, CancellationToken cancellationToken)
    {
        _present.TryRemove(agent.DeviceId, out _);
        agent.SetConnected(false);
        await WhileConnectedAsync(
            () => _client.UnsubscribeAsync(agent.ActionTopic, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>Publishes if connected.</summary>
    /// <returns>Whether the message went out; for quality 1 and 2, whether the broker acknowledged it.</returns>
    public async Task<bool> PublishAsync(string topic, byte[] payload, int quality, CancellationToken cancellationToken)
    {
        var message = new MqttApplicationMessage
        {
            Topic = topic,
            PayloadSegment = payload,
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)quality,
        };
        return await WhileConnectedAsync(() => _client.PublishAsync(message, cancellationToken), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        for (var answer = 0; answer < AnswersAtOnce; answer++)
            await _answering.WaitAsync();
        _client.Dispose();
        _stop.Dispose();
        _answering.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _disconnected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await _broker.ConnectAsync(_client, _clientId, stopping);
                _counters.Trouble = null;
                while (NextToSubscribe() is { Length: > 0 } agents)
                    await SubscribeAsync(agents, stopping);
                pause = FirstPause;
                await _disconnected.Task.WaitAsync(stopping);
            }
            catch (Exception error) when (BrokerAccess.IsConnectionError(error))
            {
                if (!stopping.IsCancellationRequested)
                    _counters.Trouble = _broker.Explain(error);
            }

            foreach (var agent in _present.Values)
                agent.SetConnected(false);
            await DisconnectAsync();
            if (!await WaitAsync(pause * (0.5 + _chance.Fraction()), stopping))
                break;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Agents may come and go while a batch is under way: look again for each.</summary>
    private SimulatedAgent[] NextToSubscribe() =>
        [.. _present.Values.Where(agent => !agent.IsConnected).Take(TopicsASubscription)];

    private async Task<bool> WaitAsync(TimeSpan pause, CancellationToken stopping)
    {
        await Task.Delay(pause, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }

    private async Task SubscribeAsync(SimulatedAgent[] agents, CancellationToken cancellationToken)
    {
        var subscription = new MqttClientSubscribeOptionsBuilder();
        foreach (var agent in agents)
            subscription.WithTopicFilter(agent.ActionTopic, MqttQualityOfServiceLevel.AtLeastOnce);
        var result = await _client.SubscribeAsync(subscription.Build(), cancellationToken);
        if (result.Items.FirstOrDefault(item => item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2) is { } no)
            throw new MqttCommunicationException($"it refused the subscription to {no.TopicFilter.Topic}");
        foreach (var agent in agents.Where(agent => _present.ContainsKey(agent.DeviceId)))
        {
            agent.SetConnected(true);
            await agent.BeatAsync(cancellationToken);
        }
    }

    /// <summary>Answers are made in the order of the actions; their publishes may wait for the broker side by side.</summary>
    private async Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        var topic = received.ApplicationMessage.Topic;
        if (!_present.TryGetValue(topic[(topic.LastIndexOf('/') + 1)..], out var agent))
            return;
        var stopping = _stopping;
        await _answering.WaitAsync(stopping);
        _ = AnswerAsync(agent, received.ApplicationMessage.Payload.ToArray(), stopping);
    }

    private async Task AnswerAsync(SimulatedAgent agent, byte[] action, CancellationToken stopping)
    {
        try
        {
            await agent.AnswerAsync(action, stopping);
        }
        catch (OperationCanceledException)
        {
            // The agent goes away before it could answer.
        }
        finally
        {
            _answering.Release();
        }
    }

    /// <summary>Does something with the connection; when there is none, or it breaks, that is no error but false.</summary>
    private async Task<bool> WhileConnectedAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        if (!_client.IsConnected)
            return false;
        try
        {
            await act();
            return true;
        }
        catch (Exception error)
            when (BrokerAccess.IsConnectionError(error) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task DisconnectAsync()
    {
        if (!_client.IsConnected)
            return;
        using var limit = new CancellationTokenSource(Farewell);
        try
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), limit.Token);
        }
        catch (Exception error) when (BrokerAccess.IsConnectionError(error))
        {
            // The broker went first.
        }
    }
}
