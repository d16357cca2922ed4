namespace ImageTagOperator.Commands;

/// <summary>A command cannot do what was asked. The message is for whoever typed it: the object, the cause, the remedy.</summary>
internal sealed class CommandException(string message) : Exception(message);
