namespace DeviceTwin.Api.GraphQL.Engine.Sharing;

/// <summary>An event of a subscription that comes to many subscribers, who get the same answer where they asked the same.</summary>
public interface ISharedEvent
{
    /// <summary>What the event is about: equal for all its subscribers, and for no other event.</summary>
    object Identity { get; }
}
