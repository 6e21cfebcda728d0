using System.CommandLine.Invocation;
using DeviceTwin.Simulator;

var line = new SimulatorCommand().Parse(args);
if (line.Action is ParseErrorAction complaint)
    complaint.ShowHelp = false;
return await line.InvokeAsync();
