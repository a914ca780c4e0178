using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EmPipeline.Benchmarks.Transfer;

/// <summary>A folder behind nginx, where this machine has it: as a plain server, and as one that is far away and slow for each connection.</summary>
internal sealed class Nginx : IDisposable
{
    private const string EchoModule = "/usr/lib/nginx/modules/ngx_http_echo_module.so";
    private readonly Process _process;
    private readonly string _log;

    private Nginx(Process process, string log, int[] ports)
    {
        (_process, _log) = (process, log);
        (Address, Far) = ($"http://127.0.0.1:{ports[0]}/", $"http://127.0.0.1:{ports[1]}/");
    }

    /// <summary>Whether it is here, with the module that lets an answer wait.</summary>
    public static bool IsHere => OnPath("nginx") is not null && File.Exists(EchoModule);

    /// <summary>As fast as it can; any path below <c>tiny/</c> is an object of a few bytes.</summary>
    public string Address { get; }

    /// <summary>The same folder: every answer comes 20 ms late, and a connection carries 20 MB/s.</summary>
    public string Far { get; }

    /// <param name="folder">What it serves; its own files go to <paramref name="own"/>.</param>
    public static async Task<Nginx> StartAsync(string folder, string own)
    {
        Directory.CreateDirectory(own);
        var (log, ports) = (Path.Combine(own, "access.log"), FreePorts(2));
        var path = Path.Combine(own, "nginx.conf");
        await File.WriteAllTextAsync(path, $$"""
            load_module {{EchoModule}};
            worker_processes 2; daemon off; pid {{own}}/pid; error_log {{own}}/error.log;
            events { worker_connections 1024; }
            http {
              sendfile on; tcp_nopush on; keepalive_requests 1000000; log_format bytes "$status $body_bytes_sent";
              client_body_temp_path {{own}}/1; proxy_temp_path {{own}}/2; fastcgi_temp_path {{own}}/3; uwsgi_temp_path {{own}}/4; scgi_temp_path {{own}}/5;
              server {
                listen 127.0.0.1:{{ports[0]}}; autoindex on; access_log {{log}} bytes buffer=64k flush=100ms;
                location / { root {{folder}}; }
                location /tiny/ { access_log off; etag off; return 200 "tiny"; }
              }
              server {
                listen 127.0.0.1:{{ports[1]}}; limit_rate 20m; access_log off;
                location / { echo_sleep 0.02; echo_exec @file; }
                location @file { root {{folder}}; }
              }
            }
            """);
        var server = new Nginx(MeasuredProcess.Start("nginx", "-c", path), log, ports);
        using var client = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var answer = await client.GetAsync(server.Address + "tiny/0");
                return server;
            }
            catch (HttpRequestException) when (attempt < 100)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Requests that the plain server has answered since it was last asked, and the bytes of their bodies.</summary>
    public async Task<(int Requests, long Bytes)> CountAsync()
    {
        // Longer than it keeps lines to itself.
        await Task.Delay(500);
        var lines = await File.ReadAllLinesAsync(_log);
        // It goes on writing at the end of the file, which is the start now.
        await File.WriteAllTextAsync(_log, "");
        return (lines.Length, lines.Sum(line => long.Parse(line.Split(' ')[1])));
    }

    public static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static int[] FreePorts(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        foreach (var socket in sockets)
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var ports = sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port).ToArray();
        sockets.ForEach(socket => socket.Dispose());
        return ports;
    }
}
