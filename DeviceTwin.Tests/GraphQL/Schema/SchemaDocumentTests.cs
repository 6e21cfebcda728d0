using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.GraphQL.Transport;
using DeviceTwin.Tests.Infrastructure;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Visitors;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Snapshooter.Xunit;

namespace DeviceTwin.Tests.GraphQL.Schema;

public sealed class SchemaDocumentTests
{
    private static readonly string Sdl = Print();

    [Fact]
    public void The_schema_is_as_it_was() => Snapshot.Match(Sdl);

    /// <summary>With UPDATE_SCHEMA=1 it writes the file instead.</summary>
    [Fact]
    public async Task The_file_schema_graphql_is_what_the_service_prints()
    {
        var file = Repository.PathOf("schema.graphql");
        if (Environment.GetEnvironmentVariable("UPDATE_SCHEMA") == "1")
        {
            await File.WriteAllTextAsync(file, Sdl);
        }

        Assert.Equal(await File.ReadAllTextAsync(file), Sdl);
    }

    [Fact]
    public async Task The_schema_holds_what_the_contract_promises()
    {
        var contract = await File.ReadAllTextAsync(
            Repository.PathOf("DeviceTwin.Tests", "GraphQL", "Schema", "contract.graphql")
        );
        Assert.Empty(Promises(contract).Except(Promises(Sdl), StringComparer.Ordinal));
    }

    [Fact]
    public void Everything_in_the_schema_says_what_it_is()
    {
        var mute = Parser
            .Parse(Sdl)
            .Definitions.OfType<GraphQLTypeDefinition>()
            .SelectMany(type => Members(type).Select(member => (type, member)))
            .Where(pair => pair.member.Description is null)
            .Select(pair => $"{pair.type.Name.StringValue}.{((INamedNode)pair.member).Name.StringValue}");
        Assert.Empty(mute);
    }

    /// <summary>A document as lines, one for each thing that a client may rely on.</summary>
    private static IEnumerable<string> Promises(string sdl)
    {
        foreach (var type in Parser.Parse(sdl).Definitions.OfType<GraphQLTypeDefinition>())
        {
            var name = $"{type.Kind} {type.Name.StringValue}";
            yield return name;
            foreach (var implemented in (type as IHasInterfacesNode)?.Interfaces?.Items ?? [])
            {
                yield return $"{name} implements {implemented.Name.StringValue}";
            }

            foreach (var member in (type as GraphQLUnionTypeDefinition)?.Types?.Items ?? [])
            {
                yield return $"{name} = {member.Name.StringValue}";
            }

            foreach (var promise in Members(type).SelectMany(member => Promises(name, member)))
            {
                yield return promise;
            }
        }
    }

    private static IEnumerable<string> Promises(string type, IHasDescriptionNode member)
    {
        switch (member)
        {
            case GraphQLFieldDefinition field:
                yield return $"{type}.{field.Name.StringValue}: {Written(field.Type)}";
                foreach (var argument in field.Arguments?.Items ?? [])
                {
                    yield return $"{type}.{field.Name.StringValue}({Promise(argument)})";
                }

                break;
            case GraphQLInputValueDefinition input:
                yield return $"{type}.{Promise(input)}";
                break;
            case GraphQLEnumValueDefinition value:
                yield return $"{type}.{value.Name.StringValue}";
                break;
        }
    }

    private static string Promise(GraphQLInputValueDefinition input) =>
        $"{input.Name.StringValue}: {Written(input.Type)} = {(input.DefaultValue is null ? "" : Written(input.DefaultValue))}";

    private static string Written(ASTNode node)
    {
        using var writer = new StringWriter();
        new SDLPrinter().PrintAsync(node, writer).AsTask().GetAwaiter().GetResult();
        return writer.ToString().Trim();
    }

    private static IEnumerable<IHasDescriptionNode> Members(GraphQLTypeDefinition type) =>
        type switch
        {
            GraphQLObjectTypeDefinition value => value.Fields?.Items ?? [],
            GraphQLInterfaceTypeDefinition value => value.Fields?.Items ?? [],
            GraphQLInputObjectTypeDefinition value => value.Fields?.Items ?? [],
            GraphQLEnumTypeDefinition value => value.Values?.Items ?? [],
            _ => [],
        };

    private static string Print()
    {
        // Never started: nothing is opened.
        using var service = (IDisposable)
            Api.Program.Build(new LoadedSettings(new Settings(), [], new HashSet<StartSwitch>()));
        return ((WebApplication)service).Services.GetRequiredService<ISchemaDocument>().Sdl;
    }
}
