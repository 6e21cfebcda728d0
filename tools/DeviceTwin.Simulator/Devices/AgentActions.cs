using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace DeviceTwin.Simulator;

/// <summary>What an agent does about each action: the agent's own checks, then snapd, then the answer. Not thread safe.</summary>
internal sealed class AgentActions(
    string deviceId,
    string organization,
    DeviceIdentity identity,
    Snapd snapd,
    Chance chance,
    double failureRate,
    double firstFailureRate
)
{
    private readonly HashSet<string> users = [];
    private readonly HashSet<(string Action, string Snap, string Data)> asked = [];

    /// <summary>The answer; null when the agent does not know the action.</summary>
    public Answer? Answer(AgentAction action)
    {
        var answer = new Answer(NullIfEmpty(action.Id), action.Action, Success: true, null, null, null);
        try
        {
            return action.Action switch
            {
                "device" or "unregister" => answer with { Result = Device() },
                "server" => answer with { Result = Server() },
                "list" when identity.IsNewer => answer with { Version = "2", Result = List() },
                "list" => answer with { Result = Snaps() },
                "info" => answer with { Result = Info(action) },
                "conf" => answer with { Result = Configuration(action) },
                "user" when !identity.IsNewer => null,
                _ => Change(action, answer),
            };
        }
        catch (SnapdException refusal)
        {
            return answer with { Success = false, Message = refusal.Message };
        }
    }

    private Answer? Change(AgentAction action, Answer answer)
    {
        var snap = action.Snap ?? "";
        var data = action.Data ?? "";
        Func<string?>? change = action.Action switch
        {
            "install" => () => snapd.Install(Named(snap, "provIded for install")),
            "remove" => () => snapd.Remove(Named(snap, "provIded for remove")),
            "refresh" => () => snapd.Refresh(Named(snap, "provIded for refresh")),
            "revert" => () => snapd.Revert(Named(snap, "provIded for revert")),
            "enable" => () => snapd.SetEnabled(Named(snap, "provIded for enable"), enabled: true),
            "disable" => () => snapd.SetEnabled(Named(snap, "provIded for disable"), enabled: false),
            "switch" => () => snapd.Refresh(Named(snap, "provIded for switch"), Channel(data)),
            "setconf" => () => snapd.Configure(Named(snap, "provIded for set config"), data),
            "start" => () => SetActive(Named(snap, "provided for start"), data, active: true),
            "stop" => () => SetActive(Named(snap, "provided for stop"), data, active: false),
            "restart" => () => SetActive(Named(snap, "provided for restart"), data, active: true),
            "ack" => () => Acknowledge(data),
            "logs" or "snapshot" => () => Upload(data),
            "user" => () => ChangeUser(data),
            _ => null,
        };
        if (change is null)
            return null;
        if (chance.Happens(failureRate) || FailsAtFirst(action.Action!, snap, data))
            throw new SnapdException(Misfortune(action.Action!, snap));
        return answer with { Result = change() };
    }

    private bool FailsAtFirst(string action, string snap, string data) =>
        firstFailureRate > 0 && asked.Add((action, snap, data)) && chance.Happens(firstFailureRate);

    private DeviceResult Device() =>
        new(
            organization,
            deviceId,
            identity.Model.Brand,
            identity.Model.Name,
            identity.Serial,
            identity.Store,
            identity.DeviceKey,
            identity.TellsVersion ? Server() : null,
            GoTime.Zero,
            GoTime.Zero
        );

    private ServerResult Server() =>
        new(
            deviceId,
            identity.SnapdVersion,
            "16",
            identity.OsId,
            identity.OnClassic ? "22.04" : "22",
            identity.OnClassic,
            identity.Model.KernelVersion
        );

    private ListResult List()
    {
        var list = snapd.Now;
        return identity.SpellsHashInSingular
            ? new ListResult(list.ListHash, null, list.InstalledHash, Snaps())
            : new ListResult(list.ListHash, list.InstalledHash, null, Snaps());
    }

    private SnapResult[] Snaps() => [.. snapd.Now.Snaps.Select(snap => Describe(snap, deviceId))];

    /// <summary>The device id is the store's id of the snap and the configuration is left out: agents do that.</summary>
    private SnapResult Info(AgentAction action)
    {
        var snap = snapd.Installed(Named(action.Snap, "provIded for snap info"));
        return Describe(snap, snap.StoreId) with { Config = null };
    }

    /// <summary>Newer agents look at the configuration and then do not send it.</summary>
    private SnapResult? Configuration(AgentAction action)
    {
        var snap = snapd.Installed(Named(action.Snap, "provIded for config"));
        return identity.IsNewer ? null : Describe(snap, deviceId);
    }

    private SnapResult Describe(SimulatedSnap snap, string id) =>
        new(
            id,
            snap.Name,
            snap.InstalledSize,
            GoTime.Write(snap.InstalledAt.ToOffset(identity.TimeZone)),
            snap.Status,
            snap.Channel,
            snap.Confinement,
            snap.Version,
            snap.Revision,
            snap.Devmode,
            snap.Config,
            identity.IsNewer && snap.Services.Count > 0
                ? [.. snap.Services.Select(s => new ServiceResult(s.Name, s.Daemon, s.Enabled, s.Active))]
                : null
        );

    private string SetActive(string snap, string data, bool active)
    {
        var services = Read(data, AgentJson.Wire.ServicesData).Services ?? [];
        if (services.FirstOrDefault(s => s is null || !s.StartsWith(snap, StringComparison.Ordinal)) is { } alien)
            throw new SnapdException($"invalid service: {alien}");
        return snapd.SetActive(snap, services, active);
    }

    private static string? Acknowledge(string assertion) =>
        assertion.Contains("type:", StringComparison.Ordinal)
            ? null
            : throw new SnapdException("cannot decode request body into assertions: unexpected EOF");

    /// <summary>Nothing is sent anywhere: a fleet that uploads by the thousand would be an attack.</summary>
    private static string? Upload(string data)
    {
        var url = Read(data, AgentJson.Wire.UploadData).Url ?? "";
        return
            url.StartsWith("https://", StringComparison.Ordinal) || url.StartsWith("http://", StringComparison.Ordinal)
            ? null
            : throw new SnapdException($"Put \"{url}\": unsupported protocol scheme \"\"");
    }

    private string? ChangeUser(string data)
    {
        var user = Read(data, AgentJson.Wire.UserData);
        switch (user.Action)
        {
            case "create" when string.IsNullOrEmpty(user.Email):
                throw new SnapdException("cannot create user: 'email' field is empty");
            case "create":
                var name = user.Email.Split('@')[0];
                users.Add(name);
                return name;
            case "remove" when !users.Remove(user.Username ?? ""):
                throw new SnapdException($"user \"{user.Username}\" is not known");
            case "remove":
                return null;
            default:
                throw new SnapdException($"unsupported user action \"{user.Action}\"");
        }
    }

    private string Misfortune(string action, string snap) =>
        chance.Below(4) switch
        {
            0 => $"snap \"{snap}\" has \"auto-refresh\" change in progress",
            1 => "cannot communicate with server: timeout exceeded while waiting for response",
            2 =>
                $"insufficient space in \"/var/lib/snapd\" to perform \"{action}\" change for the following snaps: {snap}",
            _ =>
                $"unable to contact snap store: Post \"https://api.snapcraft.io/v2/snaps/refresh\": dial tcp: i/o timeout",
        };

    private static T Read<T>(string data, JsonTypeInfo<T> type)
        where T : class, new()
    {
        if (data.Length == 0)
            throw new SnapdException("unexpected end of JSON input");
        try
        {
            return JsonSerializer.Deserialize(data, type) ?? new T();
        }
        catch (JsonException)
        {
            throw new SnapdException($"invalid character '{data[0]}' looking for beginning of value");
        }
    }

    private static string Channel(string data) =>
        data.Length > 0 ? data : throw new SnapdException("No channel provided for switch");

    private static string Named(string? snap, string purpose) =>
        string.IsNullOrEmpty(snap) ? throw new SnapdException($"No snap name {purpose}") : snap;

    private static string? NullIfEmpty(string? text) => text?.Length > 0 ? text : null;
}
