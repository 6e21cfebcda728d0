using System.Collections.Concurrent;
using System.Text.Json;

namespace DeviceTwin.Simulator;

/// <summary>
/// One device with its agent and without MQTT: what it says by itself, and what it answers. Thread safe. The same options,
/// id and clock give the same device with the same course.
/// </summary>
public sealed class SimulatedDevice
{
    private readonly Lock turn = new();
    private readonly ConcurrentDictionary<string, Func<AgentAction, byte[]?>> overrides = new();
    private readonly TimeProvider time;
    private readonly Chance chance;
    private readonly DeviceIdentity identity;
    private readonly Snapd snapd;
    private readonly AgentActions actions;
    private readonly DeviceLoad load;

    /// <summary>Makes up a device.</summary>
    /// <param name="deviceId">Its id; also its MQTT client id.</param>
    /// <param name="options">The fleet's options: organization, seed, shares, delay.</param>
    /// <param name="time">The clock; the system's when left out.</param>
    public SimulatedDevice(string deviceId, SimulatorOptions options, TimeProvider? time = null)
    {
        DeviceId = deviceId;
        OrganizationId = options.Organization;
        this.time = time ?? TimeProvider.System;
        chance = new Chance(options.Seed, deviceId);
        identity = DeviceIdentity.MakeUp(chance, options);
        var image = SnapStore.FactoryImage(identity.Model, chance.Below(4));
        snapd = new Snapd(image, chance.Below(400) + 1, options.SnapdDelay, this.time);
        actions = new AgentActions(
            deviceId,
            options.Organization,
            identity,
            snapd,
            chance,
            options.FailureRate,
            options.FirstFailureRate
        );
        // A chance of its own, so that who a device is does not depend on it.
        var speaksTwin = IsNewer && new Chance(options.Seed, deviceId + "/twin").Happens(options.TwinTopicShare);
        Twin = speaksTwin ? new TwinProperties(options.Interval) : null;
        load = new DeviceLoad(deviceId, identity.Model.MemoryBytes, chance, this.time.GetUtcNow());
    }

    /// <summary>Its id.</summary>
    public string DeviceId { get; }

    /// <summary>The organization that it belongs to.</summary>
    public string OrganizationId { get; }

    /// <summary>Who made it.</summary>
    public string Brand => identity.Model.Brand;

    /// <summary>What it is.</summary>
    public string Model => identity.Model.Name;

    /// <summary>Its serial number.</summary>
    public string Serial => identity.Serial;

    /// <summary>Whether its agent is a newer one: hashes in heartbeats, services, lists of version 2, <c>user</c>.</summary>
    public bool IsNewer => identity.IsNewer;

    /// <summary>Whether its <c>device</c> answer holds the operating system.</summary>
    public bool TellsVersion => identity.TellsVersion;

    /// <summary>Whether it has answered <c>unregister</c>: a real agent exits then.</summary>
    public bool IsUnregistered { get; private set; }

    /// <summary>What it reports on the twin topics; null where its agent does not know them.</summary>
    internal TwinProperties? Twin { get; }

    /// <summary>What is installed now, by name.</summary>
    public IReadOnlyList<SimulatedSnap> Snaps
    {
        get
        {
            lock (turn)
                return snapd.Now.Snaps;
        }
    }

    /// <summary>From now on answers an action by other means: a test's odd answers.</summary>
    /// <param name="action">The action's name, e.g. <c>list</c>.</param>
    /// <param name="answer">Gives the payload, or null for no answer at all; null puts the usual answer back.</param>
    public void OverrideAnswer(string action, Func<AgentAction, byte[]?>? answer)
    {
        if (answer is null)
            overrides.TryRemove(action, out _);
        else
            overrides[action] = answer;
    }

    /// <summary>Is told of every action before it is carried out: a test's records. It must not call the device's <see cref="Answer"/>.</summary>
    public Action<AgentAction>? Received { get; set; }

    /// <summary>The payload of a heartbeat now.</summary>
    public byte[] Heartbeat()
    {
        lock (turn)
        {
            var list = identity.IsNewer ? snapd.Now : null;
            var refresh = GoTime.Write(this.time.GetUtcNow().ToOffset(identity.TimeZone));
            var heartbeat = new Heartbeat(OrganizationId, DeviceId, refresh, list?.ListHash, list?.InstalledHash);
            return JsonSerializer.SerializeToUtf8Bytes(heartbeat, AgentJson.Wire.Heartbeat);
        }
    }

    /// <summary>The two lines of InfluxDB line protocol that the agent publishes on its organization's metrics topic.</summary>
    public IReadOnlyList<string> Metrics()
    {
        lock (turn)
            return [load.Memory(), load.Cpu(this.time.GetUtcNow())];
    }

    /// <summary>
    /// The answer's payload to an action's: empty for an action that the agent does not know, null (no answer) for a payload
    /// that it cannot read. What the action changes shows after the configured delay.
    /// </summary>
    public byte[]? Answer(ReadOnlySpan<byte> payload)
    {
        AgentAction action;
        try
        {
            action = JsonSerializer.Deserialize(payload, AgentJson.Wire.AgentAction) ?? new(null, null, null, null);
        }
        catch (JsonException)
        {
            return null;
        }

        Received?.Invoke(action);
        if (overrides.TryGetValue(action.Action ?? "", out var answer))
            return answer(action);

        lock (turn)
        {
            var usual = actions.Answer(action);
            IsUnregistered |= action.Action == "unregister" && usual?.Success == true;
            return usual is null ? [] : JsonSerializer.SerializeToUtf8Bytes(usual, AgentJson.Wire.Answer);
        }
    }

    /// <summary>An unregistered device is set up again.</summary>
    internal void Register() => IsUnregistered = false;

    /// <summary>A number from 0 up to, but not including, 1, from the device's own chance.</summary>
    internal double Fraction()
    {
        lock (turn)
            return chance.Fraction();
    }
}
