using System.Runtime.InteropServices;

namespace Fed.Training.Torch.Native;

/// <summary>
/// Environment variables as native libraries read them: .NET keeps its own copy, which they never see. What a person has
/// set stays.
/// </summary>
internal static partial class NativeEnvironment
{
    /// <summary>Before libtorch is loaded.</summary>
    public static void PrepareForLibtorch()
    {
        // oneDNN 3.7.1, which is in libtorch 2.10, takes memory that it has not written for zeros where its AVX-512
        // convolutions pad channels to 16: on a Zen 5, gradients behind small convolutions were wrong, or not finite,
        // depending on what had lain in that memory. Its AVX2 code is right (docs/training.md).
        Default("ONEDNN_MAX_CPU_ISA", "AVX2");
        // Else one line on standard error a convolution where NNPACK, which nobody needs, does not know the processor.
        Default("TORCH_CPP_LOG_LEVEL", "ERROR");
    }

    private static void Default(string name, string value) => _ = SetVariable(name, value, overwrite: 0);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
