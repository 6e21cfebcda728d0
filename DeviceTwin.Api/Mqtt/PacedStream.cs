using System.Net.Sockets;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The bytes of a connection, which in a flood are taken a thousand times a second and no more often. A broker writes each message by itself,
/// and for each the system wakes two threads: three quarters of what a heartbeat costs. Who is not in a flood waits for nothing.
/// </summary>
/// <param name="socket">The connection; this owns it.</param>
/// <param name="clock">Measures and waits.</param>
internal sealed class PacedStream(Socket socket, TimeProvider clock) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>How many readings in a row that waited for nothing are a flood.</summary>
    internal const int Flood = 16;

    /// <summary>For how long what comes is gathered.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    // What comes a quarter of a millisecond after the last comes at 4,000 a second.
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(0.25);

    // SOL_SOCKET and SO_RCVLOWAT of Linux (asm-generic/socket.h).
    private const int SocketLevel = 1;
    private const int LowWaterMark = 18;
    private const int Gathered = 64 * 1024;

    private int quick;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (quick >= Flood)
        {
            await PauseAsync(cancellationToken);
        }

        var started = clock.GetTimestamp();
        var read = await base.ReadAsync(buffer, cancellationToken);
        // Where more is there than there is room for, it is this reader that is late.
        quick = read < buffer.Length && clock.GetElapsedTime(started) < Soon ? quick + 1 : 0;
        return read;
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        try
        {
            WakeAt(Gathered);
            await Task.Delay(Pause, clock, cancellationToken);
        }
        finally
        {
            WakeAt(1);
        }
    }

    // Not reading is not enough: the system wakes a thread for what nobody reads, too.
    private void WakeAt(int bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            Socket.SetRawSocketOption(SocketLevel, LowWaterMark, BitConverter.GetBytes(bytes));
        }
    }
}
