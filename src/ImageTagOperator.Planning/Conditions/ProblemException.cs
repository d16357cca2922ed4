namespace ImageTagOperator.Planning.Conditions;

/// <summary>Ends a reconcile with a problem of the whole set.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Message)
{
    public Problem Problem => problem;
}
