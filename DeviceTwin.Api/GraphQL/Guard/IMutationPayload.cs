using DeviceTwin.Api.GraphQL.Engine.Errors;

namespace DeviceTwin.Api.GraphQL.Guard;

/// <summary>What every mutation gives: the audit reads the outcome from it.</summary>
public interface IMutationPayload
{
    /// <summary>What the caller can mend; null where it was done.</summary>
    IReadOnlyList<IError>? Errors { get; }
}
