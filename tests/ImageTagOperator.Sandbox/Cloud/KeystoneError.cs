namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>An error response of Keystone.</summary>
internal sealed class KeystoneError(int status, string title, string message) : Exception(message)
{
    public int Status => status;

    public string Title => title;

    public static KeystoneError Unauthorized() => new(401, "Unauthorized", "The request you have made requires authentication.");

    public static KeystoneError NotFound(string message) => new(404, "Not Found", message);

    public static KeystoneError BadRequest(string message) => new(400, "Bad Request", message);
}
