using System.Collections.Concurrent;
using System.Diagnostics;

namespace DeviceTwin.Servers;

/// <summary>
/// A program that ends with this process, however that ends: a shell holds it and reads a pipe that only we hold open.
/// Its folder goes with it.
/// </summary>
public sealed class GuardedProcess : IAsyncDisposable
{
    // $1 is the signal that ends the program, $2 a folder to remove after it (or nothing), the rest the program.
    private const string Guard = """
        signal=$1; folder=$2; shift 2
        exec 3<&0
        "$@" </dev/null 3<&- & program=$!
        ( read -r nothing <&3; kill -s "$signal" "$program" 2>/dev/null ) & watch=$!
        wait "$program"
        kill "$watch" 2>/dev/null
        [ -z "$folder" ] || rm -rf "$folder"
        """;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);
    private readonly Process shell;
    private readonly ConcurrentQueue<string> output = new();
    private bool disposed;

    private GuardedProcess(Process shell)
    {
        this.shell = shell;
        shell.OutputDataReceived += Keep;
        shell.ErrorDataReceived += Keep;
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
    }

    /// <summary>Whether the program is gone.</summary>
    public bool HasEnded => disposed || shell.HasExited;

    /// <summary>The shell that holds the program, its first child.</summary>
    public int ShellId => shell.Id;

    /// <summary>What the program wrote so far.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="user">As whom, when we are root; null for ourselves.</param>
    /// <param name="folder">A folder that is removed once the program has ended; null for none.</param>
    /// <param name="signal">The signal that ends it.</param>
    public static GuardedProcess Start(
        IEnumerable<string> command,
        string? user = null,
        string? folder = null,
        string signal = "TERM"
    )
    {
        string[] words = ["/bin/sh", "-c", Guard, "guard", signal, folder ?? "", .. command];
        var start = Commands.As(user, words);
        start.RedirectStandardInput = true;
        return new GuardedProcess(Process.Start(start)!);
    }

    /// <summary>Ends the program and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!HasEnded)
        {
            shell.StandardInput.Close();
            using var limit = new CancellationTokenSource(EndLimit);
            await shell.WaitForExitAsync(limit.Token);
        }

        disposed = true;
        shell.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            output.Enqueue(line.Data);
        }
    }
}
