using System.Security.Cryptography;
using Fed.Contracts.Keys;

namespace Fed.Simulation.Silo;

/// <summary>
/// Signatures that are the same in every run, unlike ECDSA's: nothing here depends on who could forge them.
/// </summary>
internal sealed class SimulatedKeys : IFederationKeys
{
    public string GetOrCreate(string federation) => federation;

    public byte[] Sign(string federation, ReadOnlySpan<byte> text) => SHA512.HashData(text);
}
