using System.Net.Sockets;
using System.Security.Authentication;

namespace EmPipeline.Storage;

/// <summary>One attempt failed in a way that the next may not. Never leaves this library: <see cref="Retrier"/> turns it into a result or a StorageException.</summary>
/// <param name="got">What came instead, to follow the word "got": "503 Service Unavailable".</param>
internal sealed class TransientException(string got, Exception? inner = null, TimeSpan? retryAfter = null) : Exception(got, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>What a failure of the transport (not of the caller, not of the local disk) means.</summary>
    public static Exception From(string place, Exception failure)
    {
        if (failure is HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } })
            return new StorageException(place, "got no address for this host name. Check the address and the network's name service.", failure);
        if (failure is HttpRequestException { InnerException: AuthenticationException tls })
            return new StorageException(place, $"got no trusted TLS connection ({tls.Message.TrimEnd('.')}). Check the address, this machine's clock and its certificates.", failure);
        var root = failure;
        while (root.InnerException is { } inner)
            root = inner;
        var got = (failure, root) switch
        {
            // Whether the end of a broken connection shows as a reset or as an early end of the body is chance.
            (HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }, _)
                or (_, SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown }) => "a connection that broke off",
            (_, SocketException socket) => $"a connection error ({socket.SocketErrorCode})",
            _ => $"a connection error ({root.Message.TrimEnd('.')})",
        };
        return new TransientException(got, failure);
    }
}
