using DeviceTwin.Api.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>What a <see cref="TwinHost"/> is made of; everything has a default.</summary>
public sealed record TwinHostOptions
{
    /// <summary>The kind of store that it gets for itself.</summary>
    public StoreKind Store { get; init; } = StoreKind.Sqlite;

    /// <summary>A store of the test's own, which outlives the host; null for one of the kind <see cref="Store"/>.</summary>
    public TestStore? ExistingStore { get; init; }

    /// <summary>The broker; null for the embedded one, on a port that the system chooses.</summary>
    public MosquittoBroker? Broker { get; init; }

    /// <summary>The certificates to use with <see cref="Broker"/>; null for no TLS.</summary>
    public TestCertificates? Certificates { get; init; }

    /// <summary>Whether starting waits until devices can be heard.</summary>
    public bool WaitsForBroker { get; init; } = true;

    /// <summary>The clock of the service and of devices that connect; the system's where none is given.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Changes settings.</summary>
    public Action<Settings>? Configure { get; init; }

    /// <summary>Adds or replaces parts of the service.</summary>
    public Action<IServiceCollection>? Services { get; init; }
}
