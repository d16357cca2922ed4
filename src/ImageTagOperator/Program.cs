using System.CommandLine;
using ImageTagOperator.Commands;

var root = new RootCommand("Keeps the tags of OpenStack images as ImageTagSets declare them.") { RunCommand.Create(), CheckCommand.Create(), CrdCommand.Create() };

// The host ends running reconciles in good order on SIGTERM, which takes longer than the command line library would wait.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
