using ImageTagOperator.Commands;
using ImageTagOperator.Hosting;

EnvironmentProxy.Use(Environment.GetEnvironmentVariable);
return await CommandLine.RunAsync(args, CommandContext.Process());
