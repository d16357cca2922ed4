namespace ImageTagOperator.OpenStack.Addresses;

/// <summary>The address is not allowed for a cloud, so nothing was sent.</summary>
internal sealed class AddressNotAllowedException(string message) : IOException(message);
