using Fed.Client.Commands;

return await CommandLine.RunAsync(args);
