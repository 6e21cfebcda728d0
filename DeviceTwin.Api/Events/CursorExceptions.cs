namespace DeviceTwin.Api.Events;

/// <summary>The changes behind a place in the log are not all kept any more.</summary>
public sealed class CursorExpiredException()
    : Exception("The cursor is older than what the change log keeps: read the twins anew and listen without `after`.");

/// <summary>A place that this log never gave out: it lies in the future, or the text is no cursor.</summary>
public sealed class CursorInvalidException()
    : Exception("The cursor is none that this service gave out: pass the `cursor` of a change that it told.");
