using System.Collections.Concurrent;
using System.Text.Json;

namespace DeviceTwin.Simulator;

/// <summary>
/// One device with its agent and without MQTT: what it says by itself, and what it answers. Thread safe. The same options,
/// id and clock give the same device with the same course.
/// </summary>
public sealed class SimulatedDevice
{
    private readonly Lock _turn = new();
    private readonly ConcurrentDictionary<string, Func<AgentAction, byte[]?>> _overrides = new();
    private readonly TimeProvider _time;
    private readonly Chance _chance;
    private readonly DeviceIdentity _identity;
    private readonly Snapd _snapd;
    private readonly AgentActions _actions;
    private readonly DeviceLoad _load;

    /// <summary>Makes up a device.</summary>
    /// <param name="deviceId">Its id; also its MQTT client id.</param>
    /// <param name="options">The fleet's options: organization, seed, shares, delay.</param>
    /// <param name="time">The clock; the system's when left out.</param>
    public SimulatedDevice(string deviceId, SimulatorOptions options, TimeProvider? time = null)
    {
        DeviceId = deviceId;
        OrganizationId = options.Organization;
        _time = time ?? TimeProvider.System;
        _chance = new Chance(options.Seed, deviceId);
        _identity = DeviceIdentity.MakeUp(_chance, options);
        var image = SnapStore.FactoryImage(_identity.Model, _chance.Below(4));
        _snapd = new Snapd(image, _chance.Below(400) + 1, options.SnapdDelay, _time);
        _actions = new AgentActions(deviceId, options.Organization, _identity, _snapd, _chance, options.FailureRate);
        _load = new DeviceLoad(deviceId, _identity.Model.MemoryBytes, _chance, _time.GetUtcNow());
    }

    /// <summary>Its id.</summary>
    public string DeviceId { get; }

    /// <summary>The organization that it belongs to.</summary>
    public string OrganizationId { get; }

    /// <summary>Who made it.</summary>
    public string Brand => _identity.Model.Brand;

    /// <summary>What it is.</summary>
    public string Model => _identity.Model.Name;

    /// <summary>Its serial number.</summary>
    public string Serial => _identity.Serial;

    /// <summary>Whether its agent is a newer one: hashes in heartbeats, services, lists of version 2, <c>user</c>.</summary>
    public bool IsNewer => _identity.IsNewer;

    /// <summary>Whether its <c>device</c> answer holds the operating system.</summary>
    public bool TellsVersion => _identity.TellsVersion;

    /// <summary>Whether it has answered <c>unregister</c>: a real agent exits then.</summary>
    public bool IsUnregistered { get; private set; }

    /// <summary>What is installed now, by name.</summary>
    public IReadOnlyList<SimulatedSnap> Snaps
    {
        get
        {
            lock (_turn)
                return _snapd.Now.Snaps;
        }
    }

    /// <summary>From now on answers an action by other means: a test's odd answers.</summary>
    /// <param name="action">The action's name, e.g. <c>list</c>.</param>
    /// <param name="answer">Gives the payload, or null for no answer at all; null puts the usual answer back.</param>
    public void OverrideAnswer(string action, Func<AgentAction, byte[]?>? answer)
    {
        if (answer is null)
            _overrides.TryRemove(action, out _);
        else
            _overrides[action] = answer;
    }

    /// <summary>The payload of a heartbeat now.</summary>
    public byte[] Heartbeat()
    {
        lock (_turn)
        {
            var list = _identity.IsNewer ? _snapd.Now : null;
            var refresh = GoTime.Write(_time.GetUtcNow().ToOffset(_identity.TimeZone));
            var heartbeat = new Heartbeat(OrganizationId, DeviceId, refresh, list?.ListHash, list?.InstalledHash);
            return JsonSerializer.SerializeToUtf8Bytes(heartbeat, AgentJson.Wire.Heartbeat);
        }
    }

    /// <summary>The two lines of InfluxDB line protocol that the agent publishes on its organization's metrics topic.</summary>
    public IReadOnlyList<string> Metrics()
    {
        lock (_turn)
            return [_load.Memory(), _load.Cpu(_time.GetUtcNow())];
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

        if (_overrides.TryGetValue(action.Action ?? "", out var answer))
            return answer(action);

        lock (_turn)
        {
            var usual = _actions.Answer(action);
            IsUnregistered |= action.Action == "unregister" && usual?.Success == true;
            return usual is null ? [] : JsonSerializer.SerializeToUtf8Bytes(usual, AgentJson.Wire.Answer);
        }
    }

    /// <summary>An unregistered device is set up again.</summary>
    internal void Register() => IsUnregistered = false;

    /// <summary>A number from 0 up to, but not including, 1, from the device's own chance.</summary>
    internal double Fraction()
    {
        lock (_turn)
            return _chance.Fraction();
    }
}
