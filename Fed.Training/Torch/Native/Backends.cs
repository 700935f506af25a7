using System.Runtime.InteropServices;

namespace Fed.Training.Torch.Native;

/// <summary>
/// Which of its convolution libraries libtorch may use: its own code, and neither of these two.
/// <list type="bullet">
/// <item>oneDNN (3.7.1, in libtorch 2.10) takes memory that it has not written for zeros where it pads channels to its
/// blocks: in 128 of 200 small random models the trained parameters were wrong, or not finite, from the second step on,
/// with AVX2 as with AVX-512 (docs/adr/0008). Without it none was.</item>
/// <item>NNPACK is never used in training, and where it does not know the processor it says so on standard error, once a
/// convolution.</item>
/// </list>
/// TorchSharp has no call for these switches; they are functions of libtorch_cpu.so (at::globalContext() and
/// at::Context::setUserEnabled...), of the one version that the build lays out.
/// </summary>
internal static unsafe class Backends
{
    /// <param name="libtorch">Handle of libtorch_cpu.so.</param>
    /// <exception cref="EntryPointNotFoundException">It is another version.</exception>
    public static void UseOwnConvolutions(nint libtorch)
    {
        var context = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(libtorch, "_ZN2at13globalContextEv"))();
        SwitchOff(libtorch, context, "_ZN2at7Context20setUserEnabledMkldnnEb");
        SwitchOff(libtorch, context, "_ZN2at7Context20setUserEnabledNNPACKEb");
    }

    private static void SwitchOff(nint libtorch, nint context, string name) =>
        ((delegate* unmanaged<nint, byte, void>)NativeLibrary.GetExport(libtorch, name))(context, 0);
}
