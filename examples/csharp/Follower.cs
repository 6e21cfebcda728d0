using System.Net.WebSockets;
using System.Text.Json;

namespace FollowDevices;

/// <summary>Follows what happens to an organization's devices, and misses nothing while it is away.</summary>
/// <param name="service">The service's address.</param>
/// <param name="organization">The organization.</param>
/// <param name="cursorFile">Keeps the newest cursor that was dealt with.</param>
internal sealed class Follower(Uri service, string organization, string cursorFile)
{
    private const int NotAuthenticated = 4401;

    private const string Query = """
        subscription Follow($organization: String!, $after: String) {
          deviceChanged(organizationId: $organization, after: $after) { cursor at by kinds deviceId }
        }
        """;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private string? cursor = File.Exists(cursorFile) ? File.ReadAllText(cursorFile) : null;
    private TimeSpan pause = ShortestPause;

    /// <summary>Follows until it is told to end, connecting again as often as it has to.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var socket = await TransportSocket.OpenAsync(service, cancellationToken);
                await foreach (
                    var answer in socket.SubscribeAsync(Query, new { organization, after = cursor }, cancellationToken)
                )
                {
                    pause = ShortestPause;
                    Take(answer);
                }

                if (socket.CloseCode == NotAuthenticated)
                {
                    await Console.Error.WriteLineAsync("The service does not take the token.");
                    return 1;
                }
            }
            catch (Exception lost) when (lost is WebSocketException or HttpRequestException or IOException)
            {
                await Console.Error.WriteLineAsync($"Again in {pause.TotalSeconds} s: {lost.Message}");
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        return 0;
    }

    private void Take(JsonElement answer)
    {
        if (answer.TryGetProperty("errors", out var errors))
        {
            var code = errors[0].GetProperty("extensions").GetProperty("code").GetString();
            if (code != "CURSOR_EXPIRED")
            {
                throw new IOException(errors[0].GetProperty("message").GetString());
            }

            Console.WriteLine("What happened since was kept no longer: read the devices anew.");
            cursor = null;
            File.Delete(cursorFile);
            return;
        }

        var change = answer.GetProperty("data").GetProperty("deviceChanged");
        var kinds = string.Join(',', change.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString()));
        Console.WriteLine(
            $"{change.GetProperty("at")} {change.GetProperty("deviceId")} {kinds} by {change.GetProperty("by")}"
        );
        // Kept once it is dealt with: what was under way at a crash comes again. Moved into place, so that no crash leaves half a cursor.
        cursor = change.GetProperty("cursor").GetString()!;
        File.WriteAllText($"{cursorFile}.partial", cursor);
        File.Move($"{cursorFile}.partial", cursorFile, overwrite: true);
    }
}
