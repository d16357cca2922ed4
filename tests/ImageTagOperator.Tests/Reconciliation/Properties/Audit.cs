using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>What must hold for each request that was ever sent.</summary>
internal static class Audit
{
    public static IEnumerable<string> Violations(Stage stage) => stage.Glance.Calls.SelectMany(call => Violations(call, stage));

    private static IEnumerable<string> Violations(ModelCall call, Stage stage)
    {
        if (call.Method == "POST" ? call.Path != "/v3/auth/tokens"
            : !call.Path.StartsWith("/v2/images", StringComparison.Ordinal)) yield return $"{call} is none of our calls";
        if (!call.IsWrite) yield break;
        if (call.Tag is null || call.Image < 0)
        {
            yield return $"{call} is no write of a tag";
            yield break;
        }

        var claims = stage.History.On(call.Image).ToArray();
        if (claims.Length == 0) yield return $"{call}: no set ever meant image {call.Image}";
        else if (call.Method == "PUT" && !claims.Any(claim => claim.Spec.Tags.Contains(call.Tag))
            && !IsRestored(call, stage)) yield return $"{call}: no set ever declared '{call.Tag}' for image {call.Image}";
        else if (call.Method == "DELETE" && !IsPermissionTest(call)
            && !claims.Any(claim => claim.Spec.Tags.Contains(call.Tag) || (claim.Spec.IsExact && !claim.Spec.Ignores(call.Tag))))
        {
            yield return $"{call}: '{call.Tag}' belongs to none of the sets";
        }
    }

    /// <summary>The removal of the one tag that no image has. It changes nothing.</summary>
    public static bool IsPermissionTest(ModelCall call) => call is { Method: "DELETE", Tag: ImagePlan.AbsentTag, WasThere: false };

    private static bool IsRestored(ModelCall call, Stage stage) =>
        stage.History.On(call.Image).Any(claim => claim.Spec.OnDeletion == TagDeletionPolicy.Restore);
}
