namespace ImageTagOperator.Planning.Conditions;

/// <summary>Ends a reconcile because of a problem that concerns the whole set.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Message)
{
    public Problem Problem => problem;
}
