using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using MQTTnet;
using MQTTnet.Protocol;

namespace DeviceTwin.Api.Mqtt;

/// <summary>The file in which the embedded broker's retained messages outlive a restart. It is replaced as a whole, never half written.</summary>
/// <param name="path">The file.</param>
internal sealed partial class RetainedMessageFile(string path)
{
    private static readonly FileStreamOptions WriteToDisk = new()
    {
        Mode = FileMode.Create,
        Access = FileAccess.Write,
        Options = FileOptions.WriteThrough | FileOptions.Asynchronous,
    };

    /// <summary>Reads the messages; none where there is no file yet.</summary>
    /// <exception cref="SetupException">The file cannot be read.</exception>
    public async Task<List<MqttApplicationMessage>> LoadAsync()
    {
        try
        {
            await using var file = File.OpenRead(path);
            var entries = await JsonSerializer.DeserializeAsync(file, EntryContext.Default.ListEntry);
            return [.. (entries ?? []).Select(ToMessage)];
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SetupException(
                $"{path} (mqtt.embedded.retained.path) cannot be read: {broken.Message.ReplaceLineEndings(" ")} Remove it to start without retained messages.",
                broken
            );
        }
    }

    /// <summary>Writes all messages beside the file, then puts them in its place.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public async Task SaveAsync(IEnumerable<MqttApplicationMessage> messages)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var beside = path + ".new";
        await using (var file = new FileStream(beside, WriteToDisk))
        {
            await JsonSerializer.SerializeAsync(file, [.. messages.Select(ToEntry)], EntryContext.Default.ListEntry);
        }

        File.Move(beside, path, overwrite: true);
    }

    private static Entry ToEntry(MqttApplicationMessage message) =>
        new(message.Topic, message.Payload.ToArray(), (int)message.QualityOfServiceLevel, message.ContentType);

    private static MqttApplicationMessage ToMessage(Entry entry) =>
        new()
        {
            Topic = entry.Topic,
            PayloadSegment = entry.Payload ?? [],
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)entry.Quality,
            ContentType = entry.ContentType,
            Retain = true,
        };

    private sealed record Entry(string Topic, byte[]? Payload, int Quality, string? ContentType);

    [JsonSerializable(typeof(List<Entry>))]
    private sealed partial class EntryContext : JsonSerializerContext;
}
