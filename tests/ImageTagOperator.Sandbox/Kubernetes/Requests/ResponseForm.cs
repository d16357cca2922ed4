using Microsoft.Net.Http.Headers;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The representation of objects that a client accepts.</summary>
internal enum ResponseForm
{
    Object,
    Table,
    Metadata,
}

internal static class ResponseForms
{
    /// <summary>The first supported form in the Accept header. Protobuf is not supported.</summary>
    public static ResponseForm Negotiate(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        if (accepted.Count == 0) return ResponseForm.Object;
        foreach (var type in accepted)
        {
            if (type.MediaType.Value is not ("application/json" or "*/*" or "application/*")) continue;
            switch (Parameter(type, "as"))
            {
                case "":
                    return ResponseForm.Object;
                case "Table" when Parameter(type, "v") == "v1":
                    return ResponseForm.Table;
                case "PartialObjectMetadata" or "PartialObjectMetadataList" when Parameter(type, "v") == "v1":
                    return ResponseForm.Metadata;
            }
        }

        throw Refusals.NotAcceptable();
    }

    private static string Parameter(MediaTypeHeaderValue type, string name) =>
        type.Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Value.ToString() ?? "";
}
