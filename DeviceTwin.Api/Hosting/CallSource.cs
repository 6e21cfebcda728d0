using System.Net;
using System.Net.Sockets;
using System.Security.Claims;

namespace DeviceTwin.Api.Hosting;

/// <summary>Where a request comes from: what limits are counted by.</summary>
/// <param name="Address">The address; of IPv6 the network of 64 bits, which one customer has for themselves.</param>
/// <param name="Caller">The caller's name; null where nobody authenticated.</param>
public sealed record CallSource(string Address, string? Caller)
{
    private const int NetworkBytes = 8;

    /// <summary>The caller, or the address of one without a name.</summary>
    public string Key => Caller is null ? $"address {Address}" : $"caller {Caller}";

    /// <summary>The source of a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who sends it; null for whom the request's own headers name.</param>
    public static CallSource Of(HttpContext context, ClaimsPrincipal? user = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        var identity = (user ?? context.User).Identity;
        return new(
            AddressOf(context.Connection.RemoteIpAddress),
            identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : null
        );
    }

    /// <summary>The address as it is counted.</summary>
    /// <param name="address">The address; null where the connection has none.</param>
    internal static string AddressOf(IPAddress? address)
    {
        if (address is null)
        {
            return "unknown";
        }

        if (address.IsIPv4MappedToIPv6 || address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.MapToIPv4().ToString();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
