using Fed.Training.Torch;

namespace Fed.Training;

public static partial class Trainers
{
    public const string Kind = "torchsharp";

    /// <exception cref="PlatformNotSupportedException">libtorch cannot be loaded on this machine.</exception>
    public static ITrainer Create(ModelSpecification model)
    {
        try
        {
            TorchSharp.torch.InitializeDeviceType(TorchSharp.DeviceType.CPU);
        }
        catch (Exception error) when (error is TypeInitializationException or NotSupportedException)
        {
            throw new PlatformNotSupportedException(
                "libtorch cannot be loaded here: it needs the libstdc++ of GCC 13.2 or later (GLIBCXX_3.4.32; Debian 13 and "
                + "Ubuntu 24.04 have it); use a newer system, or the managed trainer (FedTrainer=managed)",
                error);
        }

        return new TorchTrainer(model);
    }
}
