using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;

namespace ImageTagOperator.Memory;

/// <summary>All inputs of a reconcile that found its only image in order.</summary>
/// <param name="Set">The object of the watch cache, with its status.</param>
public sealed record OrderlyLook(V1Alpha1ImageTagSet Set, CloudSession Session, CloudAccess Access, Image Image);
