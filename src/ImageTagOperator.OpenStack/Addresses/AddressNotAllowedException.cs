namespace ImageTagOperator.OpenStack.Addresses;

/// <summary>Nothing was sent, because no cloud may be there.</summary>
internal sealed class AddressNotAllowedException(string message) : IOException(message);
