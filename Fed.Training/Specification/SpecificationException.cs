namespace Fed.Training.Specification;

/// <summary>A model specification that can't be used; the message says where, what and why.</summary>
public sealed class SpecificationException(string message) : Exception(message);
