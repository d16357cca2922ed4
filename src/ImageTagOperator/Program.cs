using ImageTagOperator.Commands;
using ImageTagOperator.Hosting;

EnvironmentProxy.Use(Environment.GetEnvironmentVariable);
OutOfMemory.EndsTheProcess();
return await CommandLine.RunAsync(args, CommandContext.Process());
