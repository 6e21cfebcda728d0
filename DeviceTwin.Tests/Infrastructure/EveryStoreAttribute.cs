using System.Reflection;
using Xunit.Sdk;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>The kinds of store that a test can run on.</summary>
public enum StoreKind
{
    /// <summary>A file.</summary>
    Sqlite,

    /// <summary>SQLite in memory.</summary>
    Memory,

    /// <summary>The test run's PostgreSQL server.</summary>
    Postgres,
}

/// <summary>Runs a theory, whose only parameter is a <see cref="StoreKind"/>, on SQLite and on PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryStoreAttribute : DataAttribute
{
    /// <summary>Whether it runs on the store in memory, too.</summary>
    public bool Memory { get; set; }

    /// <inheritdoc />
    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        yield return [StoreKind.Sqlite];
        yield return [StoreKind.Postgres];
        if (Memory)
        {
            yield return [StoreKind.Memory];
        }
    }
}
