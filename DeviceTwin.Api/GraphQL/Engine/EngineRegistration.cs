using System.Text.Json;
using DeviceTwin.Api.GraphQL.Engine.Descriptions;
using DeviceTwin.Api.GraphQL.Engine.Documents;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.InputObjects;
using DeviceTwin.Api.GraphQL.Engine.Limits;
using DeviceTwin.Api.GraphQL.Engine.Nodes;
using DeviceTwin.Api.GraphQL.Engine.Scalars;
using DeviceTwin.Api.GraphQL.Engine.Sharing;
using DeviceTwin.Api.GraphQL.Guard;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Data.Values;
using GraphQL;
using GraphQL.DI;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQLParser.AST;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DeviceTwin.Api.GraphQL.Engine;

/// <summary>Puts the GraphQL engine together.</summary>
public static class EngineRegistration
{
    /// <summary>Adds the engine with the service's schema.</summary>
    /// <param name="services">The services; <see cref="Configuration.Settings"/> is among them.</param>
    public static IServiceCollection AddGraphQLEngine(this IServiceCollection services) =>
        services
            .AddSingleton<MutationAudit>()
            .AddGraphQLEngine<Query, Mutation, Subscription>(builder => builder.AddSchemaVisitor<RootFieldGuard>());

    /// <summary>Adds the engine with any schema; without <paramref name="adjust"/> its fields are open to all.</summary>
    internal static IServiceCollection AddGraphQLEngine<TQuery, TMutation, TSubscription>(
        this IServiceCollection services,
        Action<IGraphQLBuilder>? adjust = null
    )
        where TQuery : class
        where TMutation : class
        where TSubscription : class
    {
        // Descriptions have one source: the XML documentation beside the assembly.
        XmlDescriptionAttribute.Apply();

        services.AddSingleton<IDocumentBuilder, LimitedDocumentBuilder>();
        services.AddSingleton<CostLimits>();
        services.AddSingleton<IntrospectionAccess>();
        services.AddSingleton<TrustedDocuments>();
        services.AddSingleton<PersistedDocuments>();
        services.AddSingleton<RequestedDocuments>();
        services.AddSingleton<ParsedDocuments>();
        services.AddSingleton<SharedAnswers>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<FaultLog>();
        services.AddSingleton<IRequestExecutor, RequestExecutor>();
        services.AddSingleton<ISchemaDocument, SchemaDocument>();
        services.AddHostedService<SchemaStart>();
        services.AddHostedService(provider => provider.GetRequiredService<TrustedDocuments>());
        services.AddScoped<NodeLookup>();
        services.AddTransient(typeof(SuppliedInputGraphType<>));

        return services.AddGraphQL(builder =>
        {
            builder
                .AddAutoSchema<TQuery>(schema => schema.WithMutation<TMutation>().WithSubscription<TSubscription>())
                .AddGraphTypes(typeof(EngineRegistration).Assembly)
                .AddGraphTypes(typeof(TQuery).Assembly)
                .AddGraphTypeMappingProvider<SuppliedInputMapping>()
                .ConfigureSchema(ConfigureSchema)
                .AddSchemaVisitor<IntrospectionFields>()
                // No naming policy: it would rename the aliases that callers chose.
                .AddSystemTextJson(
                    (options, provider) =>
                    {
                        // A result holds values of any depth that was accepted, within lists and objects of each level of the document.
                        var levels = provider?.GetService<Configuration.Settings>()?.GraphQL.Depth ?? 0;
                        options.MaxDepth = ValueLimits.MessageDepth + (2 * levels);
                        options.Converters.Add(new VariablesConverter());
                    }
                )
                .AddErrorInfoProvider(ShowNothingOfExceptions)
                .AddExecutionStrategy<SharedEventStrategy>(OperationType.Subscription)
                .ValidateServices();
            adjust?.Invoke(builder);
        });
    }

    private static void ConfigureSchema(ISchema schema)
    {
        // Tools ask for these two in their introspection.
        schema.Features.RepeatableDirectives = true;
        schema.Features.DeprecationOfInputValues = true;
        schema.RegisterTypeMapping<DateTime, DateTimeScalar>();
        schema.RegisterTypeMapping<long, LongScalar>();
        schema.RegisterTypeMapping<JsonElement, JsonScalar>();
        schema.RegisterType(new StorableStringScalar());
        schema.RegisterType(new StorableIdScalar());
    }

    private static void ShowNothingOfExceptions(ErrorInfoProviderOptions options)
    {
        options.ExposeExceptionDetails = false;
        options.ExposeCodes = false;
        options.ExposeData = false;
    }
}
