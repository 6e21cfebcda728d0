namespace DeviceTwin.Api.Configuration;

/// <summary>Limits of the GraphQL door.</summary>
public sealed class GraphQLSettings
{
    /// <summary>How deep a document may nest.</summary>
    [Setting("graphql.depth", "How deep an operation may nest.", Minimum = 1)]
    public int Depth { get; set; } = 15;

    /// <summary>How complex an operation may be; lists count by their page size.</summary>
    [Setting(
        "graphql.complexity",
        "How many fields an operation may touch, lists multiplied by their page size.",
        Minimum = 1
    )]
    public int Complexity { get; set; } = 50_000;

    /// <summary>How many nodes a document may hold, fragments expanded.</summary>
    [Setting("graphql.nodes", "How many nodes a document may hold, its fragments expanded.", Minimum = 1)]
    public int Nodes { get; set; } = 1_000;

    /// <summary>How many conditions the filters of one operation may hold.</summary>
    [Setting(
        "graphql.filter.conditions",
        "How many conditions the filters of one operation may hold together; one on snaps or groups counts as ten.",
        Minimum = 1,
        Maximum = 400
    )]
    public int FilterConditions { get; set; } = 200;

    /// <summary>How many values the filters of one operation may hold.</summary>
    [Setting(
        "graphql.filter.values",
        "How many values the filters of one operation may hold together, entries of lists and variables counted each time they are used.",
        Minimum = 1,
        Maximum = 100_000
    )]
    public int FilterValues { get; set; } = 2_000;

    /// <summary>How long a text in a filter may be, in characters.</summary>
    [Setting(
        "graphql.filter.text",
        "How long a text in a filter may be, in characters; SQLite refuses patterns over 50,000 bytes.",
        Minimum = 1,
        Maximum = 16_000
    )]
    public int FilterText { get; set; } = 1_000;

    /// <summary>How long a document may be, in characters.</summary>
    [Setting("graphql.document.limit", "How long a document may be, in characters.", Minimum = 100)]
    public int DocumentLimit { get; set; } = 32 * 1024;

    /// <summary>How large a request may be, in bytes.</summary>
    [Setting("graphql.body.limit", "How large a request's body or WebSocket message may be, in bytes.", Minimum = 1024)]
    public int BodyLimit { get; set; } = 256 * 1024;

    /// <summary>Maximum errors in a result.</summary>
    [Setting("graphql.errors", "Maximum errors in a result.", Minimum = 1)]
    public int Errors { get; set; } = 20;

    /// <summary>How many requests one HTTP body may batch; 0 turns batches off.</summary>
    [Setting("graphql.batch", "How many requests one HTTP body may batch; 0: none.", Minimum = 0, Maximum = 1000)]
    public int Batch { get; set; }

    /// <summary>How long one query or mutation may take.</summary>
    [Setting(
        "graphql.timeout",
        "How long a query or mutation may take.",
        Minimum = 0.1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many operations one WebSocket may have open.</summary>
    [Setting("graphql.socket.operations", "How many operations one WebSocket may have open at once.", Minimum = 1)]
    public int SocketOperations { get; set; } = 100;

    /// <summary>How many WebSockets may be open.</summary>
    [Setting("graphql.sockets", "How many WebSockets may be open (503).", Minimum = 1)]
    public int Sockets { get; set; } = 10_000;

    /// <summary>How many WebSockets one address may have open.</summary>
    [Setting("graphql.sockets.address", "How many of them one address may have (429).", Minimum = 1)]
    public int SocketsOfAddress { get; set; } = 500;

    /// <summary>How many WebSockets one caller may have open.</summary>
    [Setting("graphql.sockets.caller", "How many of them one authenticated caller may have (1013).", Minimum = 1)]
    public int SocketsOfCaller { get; set; } = 200;

    /// <summary>How many subscriptions one caller may have open, on sockets and streams.</summary>
    [Setting(
        "graphql.subscriptions.caller",
        "How many subscriptions one caller may have open, on all sockets and streams; of callers without a name, one address.",
        Minimum = 1
    )]
    public int SubscriptionsOfCaller { get; set; } = 1_000;

    /// <summary>How long a socket may wait with <c>connection_init</c>.</summary>
    [Setting(
        "graphql.socket.init",
        "Maximum time until a WebSocket sends connection_init (4408).",
        Minimum = 0.1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan SocketInit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the service pings; an unanswered ping closes the socket.</summary>
    [Setting(
        "graphql.keepalive",
        "How often a WebSocket is pinged and an event stream sent a comment.",
        Minimum = 0.1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How long a reader may take none of the frames that wait for it.</summary>
    [Setting(
        "graphql.send.timeout",
        "How long a client may leave a frame unread before its connection is closed.",
        Minimum = 0.1,
        Maximum = SettingAttribute.OneDay
    )]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum frames that wait for one client.</summary>
    [Setting("graphql.send.queue", "Maximum frames that wait for one client.", Minimum = 1)]
    public int SendQueue { get; set; } = 64;

    /// <summary>Largest page.</summary>
    [Setting("graphql.page.limit", "Largest `first` or `last` of a list.", Minimum = 1)]
    public int PageLimit { get; set; } = 500;

    /// <summary>Page size where none is asked for.</summary>
    [Setting("graphql.page.default", "Page size of a list where none is asked for.", Minimum = 1)]
    public int PageDefault { get; set; } = 50;

    /// <summary>Who may ask for the schema.</summary>
    [Setting(
        "graphql.introspection",
        "Who may query the schema: `on`, `off`, or `auto`: everybody while `service.bind` is loopback, else authenticated callers."
    )]
    public IntrospectionMode Introspection { get; set; } = IntrospectionMode.Auto;

    /// <summary>Whether a browser gets the explorer.</summary>
    [Setting("graphql.ide", "Whether a browser that opens `/graphql` gets the explorer.")]
    public bool Ide { get; set; } = true;

    /// <summary>Which documents are run.</summary>
    [Setting(
        "graphql.documents",
        "Documents that are executed: `any`, or `trusted`, those in `graphql.documents.path` only."
    )]
    public AcceptedDocuments Documents { get; set; } = AcceptedDocuments.Any;

    /// <summary>Folder of trusted documents, or null.</summary>
    [Setting(
        "graphql.documents.path",
        "Folder of documents that clients name by id: Apollo's and Relay's manifests, and files `<id>.graphql`; read at the start.",
        Default = "none"
    )]
    public string? DocumentsPath { get; set; }

    /// <summary>How many automatically persisted documents are kept; 0 turns the protocol off.</summary>
    [Setting(
        "graphql.persisted.entries",
        "How many automatic persisted queries are kept; 0: none, the protocol is off.",
        Minimum = 0
    )]
    public int PersistedEntries { get; set; } = 1_000;

    /// <summary>How large the automatically persisted documents may be together, in bytes.</summary>
    [Setting("graphql.persisted.bytes", "How large they may be together, in bytes of UTF-16.", Minimum = 1024)]
    public int PersistedBytes { get; set; } = 8 * 1024 * 1024;
}

/// <summary>Who may ask for the schema.</summary>
public enum IntrospectionMode
{
    /// <summary>Everybody while the service listens on loopback, else who is authenticated.</summary>
    Auto,

    /// <summary>Everybody.</summary>
    On,

    /// <summary>Nobody.</summary>
    Off,
}

/// <summary>Which documents are run.</summary>
public enum AcceptedDocuments
{
    /// <summary>Every one that is within the limits.</summary>
    Any,

    /// <summary>Those in the folder, asked for by id.</summary>
    Trusted,
}
