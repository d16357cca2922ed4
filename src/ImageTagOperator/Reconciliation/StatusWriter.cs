using System.Text.Json;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Reconciliation;

/// <summary>Saves the status: the ownership before the writes to the cloud, and the result after them.</summary>
public sealed class StatusWriter(IStatusStore store, TimeProvider time)
{
    /// <summary>Saves the ownership before the writes (write-ahead). After a crash, the status owns at least the written tags.</summary>
    /// <exception cref="ProblemException">The status cannot be stored completely, so nothing may be written.</exception>
    public async Task SaveOwnershipAsync(V1Alpha1ImageTagSet set, SetPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Blocked is not null || !plan.Images.Any(image => NeedsSave(set, plan, image))) return;
        var planned = StatusBuilder.BeforeWrites(set, plan, time.GetUtcNow());
        if (Json(planned).Length > StatusBuilder.MaxCharacters)
        {
            throw new Problem(
                Reason.TooManyImages,
                $"The status of {plan.Images.Count} images with {set.Spec.Tags.Count} tags each would be more than Kubernetes stores in "
                    + "one object. "
                + "Split the set, or declare fewer tags.").ToException();
        }

        var stored = await SaveAsync(set, planned, Steps.Record, cancellationToken);
        // An API server silently drops fields that its definition does not contain.
        if (HasSameOwnership(set.Status, stored.Status)) return;
        throw new Problem(
            Reason.DefinitionOutdated,
            "The cluster's CustomResourceDefinition imagetagsets.imagetags.io does not keep the status of this version, and without it "
                + "the operator writes nothing to a cloud. "
            + "Update it with a program of the operator's version: image-tag-operator crd | kubectl apply -f -").ToException();
    }

    /// <summary>Saves the status if it changed.</summary>
    public Task SaveAsync(V1Alpha1ImageTagSet set, ImageTagSetStatus status, CancellationToken cancellationToken) =>
        SaveAsync(set, status, Steps.Report, cancellationToken);

    /// <summary>True when the stored status has the same ownership as the sent one. Without it, the operator could not remove its tags
    /// later.</summary>
    public static bool HasSameOwnership(ImageTagSetStatus sent, ImageTagSetStatus kept)
    {
        return Owned(sent) == Owned(kept);

        static string Owned(ImageTagSetStatus status) => Json(new ImageTagSetStatus
        {
            CloudCredentialsRef = status.CloudCredentialsRef,
            Cloud = status.Cloud,
            ProjectId = status.ProjectId,
            Image = status.Image,
            Images = status.Images?.Select(image => image with { Name = null, Pending = null, Reason = null, Message = null }).ToArray(),
        });
    }

    /// <returns>The set as stored.</returns>
    private async Task<V1Alpha1ImageTagSet> SaveAsync(
        V1Alpha1ImageTagSet set, ImageTagSetStatus status, string step, CancellationToken cancellationToken)
    {
        var (old, current) = (Json(set.Status), Json(status));
        if (current.Length > StatusBuilder.MaxCharacters)
        {
            status = StatusBuilder.WithoutDetails(status);
            current = Json(status);
        }

        set.Status = status;
        return current == old ? set : await Steps.During(step, store.SaveAsync(set, cancellationToken));
    }

    /// <summary>True when the status does not own all tags of the plan yet.</summary>
    private static bool NeedsSave(V1Alpha1ImageTagSet set, SetPlan plan, PlannedImage image)
    {
        if (image.Problem is not null || image.Share.Plan.IsEmpty) return false;
        var (observed, known) = (image.Observed, Location.Find(set.Status, image.Observed.Image.Id, image.Observed.By.Cloud));
        return !StatusBuilder.IsLocated(set, plan)
            || known?.ManagedTags is null
            || observed.Claim.Declaration.Tags.Except(known.ManagedTags).Any()
            || (set.Spec.DeletionPolicy == TagDeletionPolicy.Restore && known.OriginalTags is null);
    }

    public static string Json(ImageTagSetStatus status) => JsonSerializer.Serialize(status, ImageTagSetJson.Default.ImageTagSetStatus);
}
