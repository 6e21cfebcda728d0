using System.Reflection;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Tests.Twins.SetAside;

public sealed class EveryWorkerTests
{
    [Fact]
    public void Each_worker_has_a_test_that_makes_one_of_its_items_fail()
    {
        var workers = typeof(WorkerNames)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(name => (string)name.GetRawConstantValue()!);
        var tested = typeof(EveryWorkerTests)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<FaultTestOfAttribute>())
            .Select(test => test.Worker);
        Assert.Empty(workers.Except(tested));
    }
}
