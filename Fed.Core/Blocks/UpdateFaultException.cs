namespace Fed.Core.Blocks;

/// <summary>An update file that is refused, with the reason and the remedy.</summary>
public sealed class UpdateFaultException(UpdateFault fault, string message, string remedy) : Exception(message)
{
    public UpdateFault Fault { get; } = fault;

    public string Remedy { get; } = remedy;
}
