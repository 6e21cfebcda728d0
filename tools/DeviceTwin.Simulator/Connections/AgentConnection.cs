using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
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

    private readonly string clientId;
    private readonly BrokerAccess broker;
    private readonly FleetCounters counters;
    private readonly TimeProvider time;
    private readonly Chance chance;
    private readonly ConcurrentDictionary<string, SimulatedAgent> present = new();
    private readonly SemaphoreSlim answering = new(AnswersAtOnce);

    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "RunAsync disposes it.")]
    private volatile IMqttClient? current;
    private CancellationTokenSource stop = new();
    private CancellationToken ending;
    private Task running = Task.CompletedTask;

    public AgentConnection(string clientId, BrokerAccess broker, FleetCounters counters, TimeProvider time, int seed)
    {
        this.clientId = clientId;
        this.broker = broker;
        this.counters = counters;
        this.time = time;
        chance = new Chance(seed, clientId + "/connection");
    }

    /// <summary>Starts connecting for these agents; returns at once.</summary>
    public void Start(IEnumerable<SimulatedAgent> agents)
    {
        foreach (var agent in agents)
            present[agent.DeviceId] = agent;
        stop.Dispose();
        stop = new CancellationTokenSource();
        ending = stop.Token;
        running = Task.Run(() => RunAsync(ending), CancellationToken.None);
    }

    /// <summary>Disconnects and stays so until started again.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await running;
        present.Clear();
    }

    /// <summary>Takes in one more agent while running (the light mode).</summary>
    public async Task AddAsync(SimulatedAgent agent, CancellationToken cancellationToken)
    {
        present[agent.DeviceId] = agent;
        await WhileConnectedAsync(client => SubscribeAsync(client, [agent], cancellationToken), cancellationToken);
    }

    /// <summary>Lets an agent go while running (the light mode): what comes for it from now on is lost.</summary>
    public async Task RemoveAsync(SimulatedAgent agent, CancellationToken cancellationToken)
    {
        present.TryRemove(agent.DeviceId, out _);
        agent.SetConnected(false);
        await WhileConnectedAsync(client => UnsubscribeAsync(client, agent, cancellationToken), cancellationToken);
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
        return await WhileConnectedAsync(client => client.PublishAsync(message, cancellationToken), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        for (var answer = 0; answer < AnswersAtOnce; answer++)
            await answering.WaitAsync();
        stop.Dispose();
        answering.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            // A client of its own for each connection: the end of one is told late, and would be taken for the next one's.
            using var client = new MqttClientFactory().CreateMqttClient();
            var disconnected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            client.ApplicationMessageReceivedAsync += ReceiveAsync;
            client.DisconnectedAsync += _ =>
            {
                disconnected.TrySetResult();
                return Task.CompletedTask;
            };
            try
            {
                await this.broker.ConnectAsync(client, this.clientId, stopping);
                current = client;
                this.counters.Trouble = null;
                while (NextToSubscribe() is { Length: > 0 } agents)
                    await SubscribeAsync(client, agents, stopping);
                pause = FirstPause;
                // No exception: thousands of them would make the end slow.
                await disconnected.Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (BrokerAccess.IsConnectionError(error))
            {
                if (!stopping.IsCancellationRequested)
                    this.counters.Trouble = this.broker.Explain(error);
            }

            current = null;
            foreach (var agent in present.Values)
                agent.SetConnected(false);
            await DisconnectAsync(client);
            if (!await WaitAsync(pause * (0.5 + chance.Fraction()), stopping))
                break;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Agents may come and go while a batch is under way: look again for each.</summary>
    private SimulatedAgent[] NextToSubscribe() =>
        [.. present.Values.Where(agent => !agent.IsConnected).Take(TopicsASubscription)];

    private async Task<bool> WaitAsync(TimeSpan pause, CancellationToken stopping)
    {
        await Task.Delay(pause, this.time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }

    private async Task SubscribeAsync(IMqttClient client, SimulatedAgent[] agents, CancellationToken cancellationToken)
    {
        var subscription = new MqttClientSubscribeOptionsBuilder();
        foreach (var agent in agents)
        {
            foreach (var topic in agent.Topics)
                subscription.WithTopicFilter(topic, MqttQualityOfServiceLevel.AtLeastOnce);
        }

        var result = await client.SubscribeAsync(subscription.Build(), cancellationToken);
        if (result.Items.FirstOrDefault(item => item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2) is { } no)
            throw new MqttCommunicationException($"it refused the subscription to {no.TopicFilter.Topic}");
        foreach (var agent in agents.Where(agent => present.ContainsKey(agent.DeviceId)))
        {
            agent.SetConnected(true);
            await agent.BeatAsync(cancellationToken);
        }
    }

    private static Task<MqttClientUnsubscribeResult> UnsubscribeAsync(
        IMqttClient client,
        SimulatedAgent agent,
        CancellationToken cancellationToken
    )
    {
        var topics = new MqttClientUnsubscribeOptionsBuilder();
        foreach (var topic in agent.Topics)
            topics.WithTopicFilter(topic);
        return client.UnsubscribeAsync(topics.Build(), cancellationToken);
    }

    /// <summary>Answers are made in the order of the actions; their publishes may wait for the broker side by side.</summary>
    private async Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        var topic = received.ApplicationMessage.Topic;
        // devices/sub/{id}, devices/twin/{id}/…
        var levels = topic.Split('/');
        if (!present.TryGetValue(levels[2], out var agent))
            return;
        var stopping = ending;
        if (levels[1] == "twin")
        {
            _ = HearAsync(agent, topic, received.ApplicationMessage.Payload.ToArray(), stopping);
            return;
        }

        await answering.WaitAsync(stopping);
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
            answering.Release();
        }
    }

    private static async Task HearAsync(SimulatedAgent agent, string topic, byte[] payload, CancellationToken stopping)
    {
        try
        {
            await agent.HearAsync(topic, payload, stopping);
        }
        catch (OperationCanceledException)
        {
            // The agent goes away before it has done it.
        }
    }

    /// <summary>Does something with the connection; when there is none, or it breaks, that is no error but false.</summary>
    private async Task<bool> WhileConnectedAsync(Func<IMqttClient, Task> act, CancellationToken cancellationToken)
    {
        if (current is not { IsConnected: true } client)
            return false;
        try
        {
            await act(client);
            return true;
        }
        catch (Exception error) when (BrokerAccess.IsConnectionError(error))
        {
            // The client tells a publish that is cancelled as one that timed out.
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static async Task DisconnectAsync(IMqttClient client)
    {
        if (!client.IsConnected)
            return;
        using var limit = new CancellationTokenSource(Farewell);
        try
        {
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), limit.Token);
        }
        catch (Exception error) when (BrokerAccess.IsConnectionError(error))
        {
            // The broker went first.
        }
    }
}
