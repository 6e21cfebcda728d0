using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Errors;
using DeviceTwin.Api.GraphQL.Guard;
using GraphQL;
using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Desired;

/// <summary>A model as it is now, or why it was not changed.</summary>
/// <param name="Model">The model.</param>
/// <param name="Errors">What to fix.</param>
public sealed record ModelPayload(
    ModelNode? Model,
    [property: OutputType(typeof(ListGraphType<NonNullGraphType<ModelErrorType>>))] IReadOnlyList<IError>? Errors
) : IMutationPayload;
