using Amazon.Runtime;

namespace EmPipeline.Storage;

/// <summary>
/// Gives the SDK this library's HTTP connections, and reports their failures in a form that the SDK passes on. An HttpRequestException it
/// would repeat up to ten times by itself, at once, whatever its settings say.
/// </summary>
internal sealed class S3HttpClientFactory : HttpClientFactory
{
    private static readonly Lazy<HttpClient> Client = new(() => HttpConnections.Client(new Reporting(HttpConnections.Handler()), owned: true));

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => Client.Value;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    private sealed class Reporting(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException e)
            {
                // Without its cause, in which the SDK would find one that it repeats.
                var failure = TransientException.From(request.RequestUri!.GetLeftPart(UriPartial.Path), e);
                throw failure is TransientException ? new TransientException(failure.Message) : failure;
            }
        }
    }
}
