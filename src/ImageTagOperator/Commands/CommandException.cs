namespace ImageTagOperator.Commands;

/// <summary>A command cannot do what was asked. The message is for the user: the object, the cause, the fix.</summary>
internal sealed class CommandException(string message) : Exception(message);
