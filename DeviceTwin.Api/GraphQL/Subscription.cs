namespace DeviceTwin.Api.GraphQL;

/// <summary>What can be followed live. Each feature adds its fields in its own part of this class; all are static.</summary>
public sealed partial class Subscription;
