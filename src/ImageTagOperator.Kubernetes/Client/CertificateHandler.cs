using ImageTagOperator.Kubernetes.Configuration;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>Sends each request over connections that were opened with the current client certificate. A connection keeps its certificate,
/// so a renewed one needs new connections.</summary>
internal sealed class CertificateHandler(CredentialSource credentials, Func<ClientCertificate?, HttpMessageHandler> create)
    : HttpMessageHandler
{
    private readonly Lock gate = new();
    private Connections? current;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connections = Enter();
        try
        {
            return await connections.Invoker.SendAsync(request, cancellationToken);
        }
        finally
        {
            Leave(connections);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) current?.Invoker.Dispose();
        base.Dispose(disposing);
    }

    private Connections Enter()
    {
        var certificate = credentials.Current.Certificate;
        lock (gate)
        {
            if (current is null || !ReferenceEquals(current.Certificate, certificate))
            {
                var old = current;
                current = new(certificate, new HttpMessageInvoker(create(certificate)));
                if (old is { Sending: 0 }) old.Invoker.Dispose();
            }

            current.Sending++;
            return current;
        }
    }

    // Answers that are still being read, such as a watch, continue: a disposed handler closes its connections when they are idle.
    private void Leave(Connections connections)
    {
        lock (gate)
        {
            if (--connections.Sending == 0 && connections != current) connections.Invoker.Dispose();
        }
    }

    private sealed class Connections(ClientCertificate? certificate, HttpMessageInvoker invoker)
    {
        public ClientCertificate? Certificate => certificate;

        public HttpMessageInvoker Invoker => invoker;

        public int Sending { get; set; }
    }
}
