using DeviceTwin.Api.GraphQL.Engine.InputObjects;

namespace DeviceTwin.Api.GraphQL.Engine.Filters;

/// <summary>A filter or a part of one. What an operation's filters hold together is bounded before it is validated (<see cref="Limits.CostLimits"/>).</summary>
public abstract class FilterInput : SuppliedInput;
