namespace Orleans.Concurrency;

/// <summary>Names a method, <c>static bool (IInvokable)</c>, that says whether a call may interleave.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MayInterleaveAttribute(string callbackMethodName) : Attribute
{
    internal string CallbackMethodName { get; } = callbackMethodName;
}
