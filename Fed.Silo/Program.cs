using Fed.Silo.Commands;

return await SiloProcess.RunAsync(args);
