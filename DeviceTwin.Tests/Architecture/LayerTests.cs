using System.Reflection;
using DeviceTwin.Data;
using NetArchTest.Rules;

namespace DeviceTwin.Tests.Architecture;

/// <summary>The table of layers in <c>docs/architecture.md</c>: a folder uses only what stands below it.</summary>
public sealed class LayerTests
{
    private const string Root = "DeviceTwin.Api";

    // The lowest first. Folders of one row do not know each other.
    private static readonly string[][] Rows =
    [
        ["Hosting"],
        ["Configuration"],
        ["Security"],
        ["Twins", "Events"],
        ["Mqtt", "GraphQL"],
        ["Web", "Operations"],
        ["Commands"],
    ];

    private static readonly Assembly Service = typeof(Api.Program).Assembly;

    public static TheoryData<string> Folders => [.. Rows.SelectMany(row => row)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_uses_only_folders_below_it(string folder)
    {
        var row = Array.FindIndex(Rows, names => names.Contains(folder));
        string[] above = [.. Rows[row..].SelectMany(names => names).Where(name => name != folder).Select(Namespace)];

        var result = Types
            .InAssembly(Service)
            .That()
            .ResideInNamespace(Namespace(folder))
            .ShouldNot()
            .HaveDependencyOnAny([.. above, $"{Root}.{nameof(Api.Program)}"])
            .GetResult();

        Assert.True(result.IsSuccessful, Explain(result));
    }

    [Fact]
    public void Every_type_is_in_a_folder_of_the_table()
    {
        string[] known = [.. Rows.SelectMany(row => row).Select(Namespace)];
        var strangers = Service
            .GetTypes()
            .Where(type =>
                type.Namespace?.StartsWith(Root, StringComparison.Ordinal) == true && type != typeof(Api.Program)
            )
            .Where(type => !type.FullName!.StartsWith(typeof(Api.Program).FullName!, StringComparison.Ordinal))
            .Where(type =>
                !known.Any(name =>
                    type.Namespace == name || type.Namespace!.StartsWith(name + ".", StringComparison.Ordinal)
                )
            )
            .Select(type => type.FullName);

        Assert.Empty(strangers);
    }

    [Fact]
    public void Data_knows_nothing_of_the_service()
    {
        var result = Types.InAssembly(typeof(TwinStore).Assembly).ShouldNot().HaveDependencyOnAny(Root).GetResult();

        Assert.True(result.IsSuccessful, Explain(result));
    }

    [Theory]
    [InlineData("Hosting")]
    [InlineData("Configuration")]
    public void The_lowest_folders_know_nothing_of_the_store(string folder)
    {
        var result = Types
            .InAssembly(Service)
            .That()
            .ResideInNamespace(Namespace(folder))
            .ShouldNot()
            .HaveDependencyOnAny("DeviceTwin.Data")
            .GetResult();

        Assert.True(result.IsSuccessful, Explain(result));
    }

    [Theory]
    [InlineData("GraphQL", "GraphQL")]
    [InlineData("MQTTnet", "Mqtt")]
    public void Only_one_folder_knows_the_library(string library, string folder)
    {
        var result = Types
            .InAssembly(Service)
            .That()
            .DoNotResideInNamespace(Namespace(folder))
            .ShouldNot()
            .HaveDependencyOnAny(library)
            .GetResult();

        Assert.True(result.IsSuccessful, Explain(result));
    }

    [Fact]
    public void Twins_and_Events_know_no_transport()
    {
        var result = Types
            .InAssembly(Service)
            .That()
            .ResideInNamespace(Namespace("Twins"))
            .Or()
            .ResideInNamespace(Namespace("Events"))
            .ShouldNot()
            .HaveDependencyOnAny("Microsoft.AspNetCore.Http", "GraphQL", "MQTTnet")
            .GetResult();

        Assert.True(result.IsSuccessful, Explain(result));
    }

    private static string Namespace(string folder) => $"{Root}.{folder}";

    private static string Explain(TestResult result) =>
        string.Join('\n', result.FailingTypes.Select(type => $"{type.FullName}: {type.Explanation}"));
}
