using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EmPipeline.CommandLine;

/// <summary>Hands this process over to another program.</summary>
internal static partial class Become
{
    private const int SigPipe = 13;

    /// <summary>
    /// Turns this process into the program, so that whoever started it signals, stops and awaits the program itself. Windows has no such
    /// thing: there the program runs as a child, which gets Ctrl-C as this process does.
    /// </summary>
    /// <returns>The program's exit code.</returns>
    public static int Program(string program, IReadOnlyList<string> arguments)
    {
        Console.Out.Flush();
        if (!OperatingSystem.IsWindows())
        {
            // The runtime ignores SIGPIPE, and what is ignored would be inherited.
            _ = Signal(SigPipe, 0);
            _ = Execute(program, [program, .. arguments, null]);
            Console.Error.WriteLine($"{program}: got error {Marshal.GetLastPInvokeError()}, expected it to start. Is it on the PATH?");
            return 2;
        }

        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Execute(string program, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Signal(int number, nint handler);
}
