using DeviceTwin.Bench;
using DeviceTwin.Bench.Limits;

return args is [BareKestrel.Command]
    ? await BareKestrel.RunAsync()
    : await BenchCommand.RunAsync(args, Console.Out, Console.Error);
