using System.Text.Json.Serialization;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>The body of PUT /v1/cloudimages/tags (IMS, "Adding or Modifying a Tag").</summary>
internal sealed record ImsTagValueRequest(string ImageId, ImsTagValue ImageTag);

internal sealed record ImsTagValue(string Key, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string Value);
