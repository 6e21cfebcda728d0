using System.Net;
using DeviceTwin.Api.Configuration;
using static DeviceTwin.Tests.GraphQL.Transport.HttpAnswer;

namespace DeviceTwin.Tests.Web;

public sealed class IntrospectionTests
{
    private const string Schema = "{__schema{queryType{name}}}";
    private static readonly Uri Sdl = new("/graphql/schema.graphql", UriKind.Relative);

    [Fact]
    public async Task On_loopback_everybody_may_ask_for_the_schema()
    {
        await using var door = await DoorHost.StartAsync();
        using var answer = await door.AskAsync(Schema);
        using var text = await door.Http.GetAsync(Sdl);

        Assert.Contains("\"Query\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("type Query", await text.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Schema)]
    [InlineData("""{__type(name:"Device"){name}}""")]
    [InlineData("{...f} fragment f on Query{__schema{queryType{name}}}")]
    [InlineData("{__typename ...on Query{a:__schema{queryType{name}}}}")]
    public async Task Beyond_loopback_only_who_is_authenticated_may(string query)
    {
        await using var door = await DoorHost.StartAsync(Beyond);

        await AssertErrorAsync(await door.AskAsync(query), HttpStatusCode.Forbidden, "INTROSPECTION_DISABLED");
        using var named = await door.AskAsync(query, "ann");
        Assert.Equal(HttpStatusCode.OK, named.StatusCode);
        // The document is known by now, who asks is not.
        await AssertErrorAsync(await door.AskAsync(query), HttpStatusCode.Forbidden, "INTROSPECTION_DISABLED");
        using var typename = await door.AskAsync(DoorHost.Typename);
        Assert.Equal(HttpStatusCode.OK, typename.StatusCode);
    }

    [Theory]
    [InlineData("{organizatons{id}}")]
    [InlineData("{organization(idd:\"a\"){id}}")]
    [InlineData("{devices(organizationId:\"a\",wher:{connectivity:{eq:ONLINE}}){totalCount}}")]
    public async Task Who_may_not_ask_for_the_schema_is_told_no_names_of_it_either(string mistyped)
    {
        await using var door = await DoorHost.StartAsync(Beyond);

        using var nobody = await door.AskAsync(mistyped);
        using var named = await door.AskAsync(mistyped, "ann");

        var told = await nobody.Content.ReadAsStringAsync();
        Assert.Contains("errors", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Did you mean", told, StringComparison.Ordinal);
        Assert.Contains("Did you mean", await named.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/graphql/schema.graphql")]
    [InlineData("/graphql?sdl")]
    public async Task The_schema_as_text_follows(string path)
    {
        await using var door = await DoorHost.StartAsync(Beyond);
        var address = new Uri(path, UriKind.Relative);

        await AssertErrorAsync(await door.Http.GetAsync(address), HttpStatusCode.Forbidden, "INTROSPECTION_DISABLED");
        door.Http.DefaultRequestHeaders.Add("X-Name", "ann");
        using var named = await door.Http.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, named.StatusCode);
    }

    [Fact]
    public async Task It_can_be_on_for_all_and_off_for_all()
    {
        await using var on = await DoorHost.StartAsync(settings =>
        {
            Beyond(settings);
            settings.GraphQL.Introspection = IntrospectionMode.On;
        });
        await using var off = await DoorHost.StartAsync(settings =>
            settings.GraphQL.Introspection = IntrospectionMode.Off
        );

        using var shown = await on.AskAsync(Schema);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        await AssertErrorAsync(await off.AskAsync(Schema, "ann"), HttpStatusCode.Forbidden, "INTROSPECTION_DISABLED");
    }

    private static void Beyond(Settings settings) =>
        (settings.Service.Bind, settings.Service.Insecure) = ("0.0.0.0", true);
}
