namespace Fed.Embedded.State;

/// <summary>State that is read while its grain activates.</summary>
internal interface IStateLoader
{
    Task LoadAsync(CancellationToken cancellationToken);
}
