using System.Text.RegularExpressions;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Documents;

public sealed partial class FaultsDocumentTests
{
    [Fact]
    public async Task Every_test_that_the_page_of_faults_names_exists()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "faults.md"));
        var tests = typeof(FaultsDocumentTests)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.IsDefined(typeof(FactAttribute), inherit: false))
            .Select(method => method.Name)
            .ToHashSet(StringComparer.Ordinal);
        var named = TestName().Matches(page).Select(match => match.Groups[1].Value).ToList();

        Assert.True(named.Count >= 30, $"The page names {named.Count} tests.");
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*_[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}
