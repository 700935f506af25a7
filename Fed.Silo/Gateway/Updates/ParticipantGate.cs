namespace Fed.Silo.Gateway.Updates;

/// <summary>
/// One upload of a participant is decided at a time: between the question whether an update would be accepted and its
/// submission no other of the same participant can come, so that its bytes are stored only if they are accepted.
/// </summary>
public sealed class ParticipantGate : KeyedGate;
