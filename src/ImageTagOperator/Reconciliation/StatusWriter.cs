using System.Text.Json;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Reconciliation;

/// <summary>Writes statuses: before the writes to the cloud, what the set will own; after them, how it went.</summary>
public sealed class StatusWriter(IStatusStore store, TimeProvider time)
{
    /// <summary>Write-ahead: from here on the status owns at least what will be written.</summary>
    /// <exception cref="ProblemException">The status cannot hold it, and nothing may be written.</exception>
    public async Task SaveOwnershipAsync(V1Alpha1ImageTagSet set, SetPlan plan, CancellationToken cancellationToken)
    {
        if (!plan.Images.Any(image => IsNews(set, plan, image))) return;
        var planned = StatusBuilder.BeforeWrites(set, plan, time.GetUtcNow());
        if (Json(planned).Length > StatusBuilder.MostCharacters)
        {
            throw new Problem(
                Reason.TooManyImages,
                $"The status of {plan.Images.Count} images with {set.Spec.Tags.Count} tags each would be more than Kubernetes stores in "
                    + "one object. "
                + "Split the set, or declare fewer tags.").ToException();
        }

        var stored = await SaveAsync(set, planned, Steps.Record, cancellationToken);
        // An API server drops fields that its definition does not know, and says nothing about it.
        if (IsOwnedTheSame(set.Status, stored.Status)) return;
        throw new Problem(
            Reason.DefinitionOutdated,
            "The cluster's CustomResourceDefinition imagetagsets.imagetags.io does not keep the status of this version, and without it "
                + "the operator writes nothing to a cloud. "
            + "Update it: image-tag-operator crd | kubectl apply -f -").ToException();
    }

    /// <summary>Writes the status if it says anything new.</summary>
    public Task SaveAsync(V1Alpha1ImageTagSet set, ImageTagSetStatus status, CancellationToken cancellationToken) =>
        SaveAsync(set, status, Steps.Report, cancellationToken);

    /// <summary>Nothing is missing of what the set owns, without which it could not remove what it writes.</summary>
    public static bool IsOwnedTheSame(ImageTagSetStatus sent, ImageTagSetStatus kept)
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

    /// <returns>What the store made of it.</returns>
    private async Task<V1Alpha1ImageTagSet> SaveAsync(
        V1Alpha1ImageTagSet set, ImageTagSetStatus status, string step, CancellationToken cancellationToken)
    {
        var (old, current) = (Json(set.Status), Json(status));
        if (current.Length > StatusBuilder.MostCharacters)
        {
            status = StatusBuilder.WithoutDetails(status);
            current = Json(status);
        }

        set.Status = status;
        return current == old ? set : await Steps.During(step, store.SaveAsync(set, cancellationToken));
    }

    /// <summary>The status does not own yet what would be written.</summary>
    private static bool IsNews(V1Alpha1ImageTagSet set, SetPlan plan, PlannedImage image)
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
