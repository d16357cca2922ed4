using ImageTagOperator.Commands;

return await CommandLine.RunAsync(args, Surroundings.Process());
