using Fed.Grains.Federations;

namespace Fed.Tests.Deploy;

/// <summary>
/// What deploy/compose.yaml says to the program, said to the program: it reads arguments, variables and files, and
/// everything that is said must have been read.
/// </summary>
public sealed class ComposeProgramTests
{
    [ComposeFact]
    public async Task Silos_OfTheFile_TakeArgumentsVariablesAndFiles()
    {
        using var machine = new ComposeMachine(await ComposeProject.ServicesAsync());
        var silos = new List<(ComposeService Service, ReadSilo Read)>();
        foreach (var service in machine.Services.Values.Where(service => service.IsSilo))
        {
            var environment = machine.EnvironmentOf(service);
            silos.Add((service, await ProgramReader.SiloAsync(
                machine.WordsOf(service)[2..], environment, machine.AddressOf(service.Name))));
            Assert.Empty(environment.Unread);
        }

        Assert.All(silos, each =>
        {
            var (service, read) = each;
            Assert.EndsWith(
                $":{read.Options.Port}", (string)Assert.Single(service.Says.List("ports"))!, StringComparison.Ordinal);
            Assert.Equal(machine.AddressOf(service.Name), read.Ports.Address);
            Assert.Equal(0, read.Ports.Gateway);
            Assert.True(read.Providers.IsShared);
            Assert.NotNull(read.Options.AzureBlobs);
            Assert.True(machine.MayWrite(service, read.Options.DataFolder));
            Assert.True(machine.MayWrite(service, read.Options.Keys));
            Assert.NotNull(read.Telemetry.Listen);
            SettingsValidator.Validate(Assert.Single(read.Federations));
        });
        Assert.Equal(silos.Count, silos.Select(each => each.Read.Options.DataFolder).Distinct().Count());
        Assert.Single(silos.Select(each => each.Read.Options.Keys).Distinct());
    }

    [ComposeFact]
    public async Task Participants_OfTheFile_AreOnTheRosterAndHaveTheirOwnData()
    {
        using var machine = new ComposeMachine(await ComposeProject.ServicesAsync());
        var silo = machine.Services.Values.First(service => service.IsSilo);
        var federation = Assert.Single((await ProgramReader.SiloAsync(
            machine.WordsOf(silo)[2..], machine.EnvironmentOf(silo), machine.AddressOf(silo.Name))).Federations);
        var silos = machine.Services.Values.Where(service => service.IsSilo)
            .Select(service => new Uri($"http://{machine.AddressOf(service.Name)}:8080"));

        foreach (var service in machine.Services.Values.Where(service => service.IsParticipant))
        {
            var options = await ProgramReader.ParticipantAsync(machine.WordsOf(service)[2..]);

            Assert.Equal(service.Name, options.Participant);
            Assert.Equal(silos, options.OtherServers.Prepend(options.Server!));
            Assert.Equal(federation.Name, Assert.Single(options.Memberships).Federation);
            Assert.Contains(federation.Roster, entry =>
                (entry.Name, entry.Cluster) == (service.Name, options.Memberships[0].Cluster));
            Assert.Equal(
                Repository.PathOf("data", "media-qc", "participants", service.Name), options.DataDirectory);
            Assert.True(machine.MayWrite(service, options.StateDirectory));
            Assert.Empty(service.Environment);
        }
    }
}
