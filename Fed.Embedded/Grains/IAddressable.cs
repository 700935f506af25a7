namespace Orleans.Runtime;

/// <summary>Whatever a call can be addressed to.</summary>
public interface IAddressable;
