using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>Who says how long a reader of a stream may take.</summary>
internal static class ReaderPace
{
    /// <summary>Turns off Kestrel's least rate of sending, which cuts a slow reader off without a reason.</summary>
    /// <param name="context">A request whose answer is a stream with <c>graphql.send.timeout</c>.</param>
    public static void LeaveToTransport(HttpContext context)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
