using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DeviceTwin.Tests.Dashboard;

/// <summary>A service that was built where there is no Node.</summary>
public sealed class MissingPageTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/devices/demo/device-0001")]
    public async Task Without_built_pages_it_says_how_to_build_them(string path)
    {
        var empty = Directory.CreateTempSubdirectory("devicetwin-no-pages-");
        try
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton(new Settings());
            await using var service = builder.Build();
            service.UseDashboardFiles(empty.FullName);
            service.MapDashboard(empty.FullName);
            await service.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };

            var page = await http.GetStringAsync(new Uri(path, UriKind.Relative));

            Assert.Contains("dotnet build DeviceTwin.Api", page, StringComparison.Ordinal);
            Assert.Contains("Node 20.19", page, StringComparison.Ordinal);
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }
}
