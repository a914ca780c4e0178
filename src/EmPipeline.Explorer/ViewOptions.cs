using System.Globalization;
using System.Net;
using EmPipeline.Volumes;

namespace EmPipeline.Explorer;

/// <summary>The command line.</summary>
/// <param name="Data">The data folder, a full path.</param>
/// <param name="Host">The address that is listened on.</param>
/// <param name="Port">0: any that is free. Null: the usual one, or any that is free where that is taken.</param>
/// <param name="Parent">The process that the server must not outlive.</param>
internal sealed record ViewOptions(string Data, IPAddress Host, int? Port, int? Parent)
{
    public const int UsualPort = 5151;

    /// <summary>Says who the parent is where the command line does not.</summary>
    public const string ParentVariable = "EMPIPELINE_PARENT";

    public const string Usage =
        """
        EmPipeline.Explorer --data DIR [options]: shows what a data folder holds, as a page for the browser of this machine.
          --data DIR      the data folder
          --host ADDRESS  the address to listen on (default 127.0.0.1: this machine alone; 0.0.0.0: whoever reaches it may look, without a password)
          --port N        the port (default 5151, or any that is free where that is taken)
          --parent PID    ends when that process does
        """;

    /// <exception cref="EmException">An option is unknown, lacks its value, or has a wrong one.</exception>
    public static ViewOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ViewOptions("", IPAddress.Loopback, null, int.TryParse(Environment.GetEnvironmentVariable(ParentVariable), out var parent) ? parent : null);
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var name = arguments[i];
            var value = i + 1 < arguments.Count ? arguments[i + 1] : throw Wrong(name, "nothing", "a value");
            options = name switch
            {
                "--data" => options with { Data = Path.GetFullPath(value) },
                "--host" => options with { Host = Address(name, value) },
                "--port" => options with { Port = Number(name, value, ushort.MaxValue) },
                "--parent" => options with { Parent = Number(name, value, int.MaxValue) },
                _ => throw new EmException(Fault.Configuration, $"{name}: got an unknown option.\n{Usage}"),
            };
        }

        if (options.Data.Length == 0)
            throw new EmException(Fault.Configuration, $"--data: got nothing, expected the data folder.\n{Usage}");
        return Directory.Exists(options.Data) ? options : throw new EmException(Fault.Configuration, $"{options.Data}: got no such folder, expected a data folder. Run ./build.sh (or ./build.sh Demo) first.");
    }

    private static IPAddress Address(string name, string value) =>
        value == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(value, out var address) ? address : throw Wrong(name, $"'{value}'", "an IP address of this machine");

    private static int Number(string name, string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : throw Wrong(name, $"'{value}'", $"a whole number of at most {most}");

    private static EmException Wrong(string name, string got, string expected) => new(Fault.Configuration, $"{name}: got {got}, expected {expected}.");
}
