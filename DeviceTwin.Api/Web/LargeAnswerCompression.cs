using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace DeviceTwin.Api.Web;

/// <summary>Compresses answers that are worth it: below <see cref="Smallest"/> they fit into one packet as they are.</summary>
/// <param name="services">Make the encodings.</param>
/// <param name="options">Which media types; streams of events are not among them.</param>
internal sealed class LargeAnswerCompression(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    /// <summary>The smallest answer that is compressed, in bytes.</summary>
    public const int Smallest = 1024;

    /// <inheritdoc/>
    public override bool ShouldCompressResponse(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Response.ContentLength is not < Smallest && base.ShouldCompressResponse(context);
    }
}
