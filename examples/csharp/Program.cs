using FollowDevices;

if (args is not [var address, var organization, var cursorFile])
{
    await Console.Error.WriteLineAsync(
        "usage: FollowDevices <address> <organization> <cursor file>      a token, where one is asked for: TOKEN"
    );
    return 1;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
return await new Follower(new Uri(address), organization, cursorFile).RunAsync(stop.Token);
