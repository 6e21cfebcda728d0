namespace DeviceTwin.Tests.GraphQL.Engine.TestSchema;

/// <summary>One engine for the tests of a class that leave nothing in it.</summary>
public sealed class SharedEngine : IDisposable
{
    public TestEngine Engine { get; } = new();

    public void Dispose() => Engine.Dispose();
}
