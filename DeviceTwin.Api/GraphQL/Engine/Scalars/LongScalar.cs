using GraphQL.Types;

namespace DeviceTwin.Api.GraphQL.Engine.Scalars;

/// <summary>64-bit integers.</summary>
public sealed class LongScalar : LongGraphType
{
    /// <summary>Makes the scalar.</summary>
    public LongScalar()
    {
        Name = "Long";
        Description = "A signed 64-bit integer.";
    }
}
