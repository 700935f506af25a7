using Fed.Cli;

return await CommandLine.RunAsync(args);
