namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>The schema in print.</summary>
public interface ISchemaDocument
{
    /// <summary>The schema definition language, sorted, with descriptions.</summary>
    string Sdl { get; }
}
