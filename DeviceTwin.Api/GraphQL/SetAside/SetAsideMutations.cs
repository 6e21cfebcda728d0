using DeviceTwin.Api.GraphQL.SetAside;
using DeviceTwin.Api.Twins.SetAside;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Mutation
{
    /// <summary>
    /// Has a set-aside item tried again, once. A message is handled again within seconds and then no longer kept, or kept with its new reason; of any
    /// other item its worker takes care as if it had never failed.
    /// </summary>
    public static Task<SetAsideItemPayload> RetrySetAsideItemAsync(
        SetAsideItemInput input,
        [FromServices] SetAsideRequests requests,
        IResolveFieldContext context
    ) => SetAsideItemPayload.OfAsync(context, input, requests.RetryAsync);

    /// <summary>Drops a set-aside item. A message is lost; any other item its worker tries again, and sets aside again where it still fails.</summary>
    public static Task<SetAsideItemPayload> DropSetAsideItemAsync(
        SetAsideItemInput input,
        [FromServices] SetAsideRequests requests,
        IResolveFieldContext context
    ) => SetAsideItemPayload.OfAsync(context, input, requests.DropAsync);
}
