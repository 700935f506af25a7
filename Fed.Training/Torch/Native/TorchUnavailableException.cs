namespace Fed.Training.Torch.Native;

/// <summary>libtorch cannot be loaded on this machine; the message says what is missing and what helps.</summary>
public sealed class TorchUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
