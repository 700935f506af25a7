using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>Named state of a grain, read before <c>OnActivateAsync</c>; for constructor injection.</summary>
public interface IPersistentState<TState> : IStorage<TState>;
