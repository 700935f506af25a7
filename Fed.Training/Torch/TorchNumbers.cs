using TorchSharp;
using static TorchSharp.torch;

namespace Fed.Training.Torch;

/// <summary>
/// Tensor operations that take a number. TorchSharp makes an object with a finalizer of each number, and does not keep
/// it alive during the call: one that is collected meanwhile is read after it was freed, and the result is an error or,
/// worse, another number. So no operator or method that takes or gives a number, or adds one by default, is called but
/// through these. Numbers are handed over as float, as the managed trainer has them: libtorch refuses a double that no float
/// can hold, where training is to diverge.
/// </summary>
internal static class TorchNumbers
{
    /// <summary>target += value * other, in place.</summary>
    public static Tensor Add(this Tensor target, Tensor other, double value)
    {
        using var number = Number(value);
        return target.add_(other, number);
    }

    /// <summary>target += value, in place.</summary>
    public static Tensor Add(this Tensor target, double value)
    {
        using var number = Number(value);
        using var factor = Number(1);
        return target.add_(number, factor);
    }

    /// <summary>target += value * a * b, in place.</summary>
    public static Tensor AddProduct(this Tensor target, Tensor a, Tensor b, double value)
    {
        using var number = Number(value);
        return target.addcmul_(a, b, number);
    }

    /// <summary>target += value * a / b, in place.</summary>
    public static Tensor AddQuotient(this Tensor target, Tensor a, Tensor b, double value)
    {
        using var number = Number(value);
        return target.addcdiv_(a, b, number);
    }

    /// <summary>target *= value, in place.</summary>
    public static Tensor Scale(this Tensor target, double value)
    {
        using var number = Number(value);
        return target.mul_(number);
    }

    public static Tensor DividedBy(this Tensor a, double value)
    {
        using var number = Number(value);
        return a.div(number);
    }

    /// <summary>The value of a tensor that has only one.</summary>
    public static double Value(this Tensor tensor)
    {
        using var number = tensor.ToScalar();
        return number.ToDouble();
    }

    private static Scalar Number(double value) => ((float)value).ToScalar();
}
