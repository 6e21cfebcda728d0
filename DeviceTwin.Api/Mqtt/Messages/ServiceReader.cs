using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Mqtt.Messages;

/// <summary>Reads the services of a snap.</summary>
internal static class ServiceReader
{
    private const int TextLimit = 1_000;

    /// <summary>Reads the services; null where the agent does not send them.</summary>
    /// <exception cref="MalformedMessageException">They have another form, or a text that cannot be stored.</exception>
    public static IReadOnlyList<SnapService>? Read(JsonFields fields, string name) =>
        fields.Get(name) is not { } services
            ? null
            :
            [
                .. JsonFields
                    .Array(services, name)
                    .Select(element =>
                    {
                        var service = new JsonFields(element, "a service");
                        return new SnapService(
                            service.Text("name", TextLimit),
                            service.Text("daemon", TextLimit),
                            service.Flag("enabled"),
                            service.Flag("active")
                        );
                    }),
            ];
}
