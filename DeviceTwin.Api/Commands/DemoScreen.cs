using DeviceTwin.Api.Configuration;
using DeviceTwin.Simulator;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace DeviceTwin.Api.Commands;

/// <summary>What <c>--demo</c> shows: what runs, where it is, what to try first.</summary>
internal static class DemoScreen
{
    /// <summary>The screen's text.</summary>
    /// <param name="address">Where the service listens.</param>
    /// <param name="fleet">The fleet, and its broker.</param>
    /// <param name="driver">Where twins are stored.</param>
    public static string Create(Uri address, SimulatorOptions fleet, DatabaseDriver driver) =>
        $$"""

            Device Twin {{HelpText.Version.Split('+')[0]}}: {{fleet.Devices}} simulated devices of the organization "{{fleet.Organization}}" send a
            heartbeat every {{fleet.Interval.TotalSeconds:0}} seconds.

              GraphQL  {{address}}graphql  queries and mutations; subscriptions over WebSocket and SSE
              Schema   {{address}}graphql/schema.graphql
              Health   {{address}}healthz/ready
              MQTT     {{fleet.Broker}}:{{fleet.Port}}
              Twins    {{(
                driver == DatabaseDriver.Memory ? "in memory, gone at the end" : "stored as database.driver says"
            )}}

            Open the first address in a GraphQL client (Nitro, Altair, Postman), or paste:

              curl -s {{address}}graphql -H 'content-type: application/json' -d '{"query":
                "{ devices(organizationId: \"{{fleet.Organization}}\", first: 3) { nodes { deviceId connectivity lastHeartbeatAt } } }"}'

              curl -sN {{address}}graphql -H 'content-type: application/json' -H 'accept: text/event-stream' -d '{"query":
                "subscription { heartbeats(organizationId: \"{{fleet.Organization}}\") { deviceId at } }"}'

            Ctrl+C ends it.


            """;

    /// <summary>Where a server that has started listens.</summary>
    /// <param name="server">The server.</param>
    public static Uri Address(this IServer server) =>
        new(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
}
