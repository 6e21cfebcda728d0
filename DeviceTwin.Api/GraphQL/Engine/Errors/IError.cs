using GraphQL;

namespace DeviceTwin.Api.GraphQL.Engine.Errors;

/// <summary>A domain error: something the caller can fix.</summary>
[Name("Error")]
public interface IError
{
    /// <summary>What is wrong, in words.</summary>
    string Message { get; }
}
