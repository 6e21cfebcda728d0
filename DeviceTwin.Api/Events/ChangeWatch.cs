namespace DeviceTwin.Api.Events;

/// <summary>Sees that something changed in an organization, without reading what.</summary>
internal sealed class ChangeWatch(ChangeFeed feed, string organizationId) : IDisposable
{
    private readonly RecentChanges recent = feed.Enter(organizationId);

    /// <summary>Ends with the next change. Take it before reading the store.</summary>
    public Task Next => recent.Next;

    /// <summary>Ends the watch.</summary>
    public void Dispose() => feed.Leave(organizationId);
}
