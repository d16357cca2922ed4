using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Crds;
using ImageTagOperator.Kubernetes.Json;
using ImageTagOperator.Kubernetes.Yaml;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

public sealed class CustomResourceDefinitionTests
{
    private static readonly JsonObject Definition = CustomResourceDefinition.Generate<Widget>(
        KubernetesJson.Options(WidgetJsonContext.Default));

    private static JsonNode Version => Definition["spec"]!["versions"]![0]!;

    private static JsonNode Schema => Version["schema"]!["openAPIV3Schema"]!;

    private static JsonNode Spec => Schema["properties"]!["spec"]!["properties"]!;

    [Fact]
    public void Names_scope_and_subresource_come_from_the_class()
    {
        Assert.Equal("widgets.test.example.com", Definition["metadata"]!["name"]!.ToString());
        Same("""{"kind":"Widget","listKind":"WidgetList","plural":"widgets","singular":"widget","shortNames":["wd"]}""",
            Definition["spec"]!["names"]!);
        Assert.Equal("Namespaced", Definition["spec"]!["scope"]!.ToString());
        Same("""{"status":{}}""", Version["subresources"]!);
        Assert.Equal("A thing to test with.", Schema["description"]!.ToString());
    }

    [Fact]
    public void Attributes_become_rules()
    {
        Same("""{"description":"How large.","type":"integer","format":"int32","maximum":1000,"minimum":0}""", Spec["size"]!);
        Same(
            """
            {"type":"array","maxItems":128,"minItems":0,"x-kubernetes-list-type":"set",
             "items":{"type":"string","not":{"enum":[".",".."]},"maxLength":255,"minLength":1,"pattern":"^[!-.0-~]([ -.0-~]*[!-.0-~])?$"}}
            """, Spec["tags"]!);
        Same("""{"type":"string","default":"Soft","enum":["Soft","Hard"]}""", Spec["mode"]!);
        Same("""{"type":"integer","format":"int64"}""", Spec["large"]!);
        Same("""{"type":"object","additionalProperties":{"type":"string"}}""", Spec["properties"]!);
        Assert.Equal(1, (long)Spec["choice"]!["minProperties"]!);
        Assert.Equal(1, (long)Spec["choice"]!["maxProperties"]!);
        Same("""["choice"]""", Schema["properties"]!["spec"]!["required"]!);
        Same("""["type"]""", Schema["properties"]!["status"]!["properties"]!["conditions"]!["x-kubernetes-list-map-keys"]!);
        Same("""{"type":"string","format":"date-time"}""", Schema["properties"]!["status"]!["properties"]!["since"]!);
    }

    [Fact]
    public void Only_declared_fields_are_nullable_and_there_is_no_ref_or_null_default()
    {
        Same("""{"type":"string","nullable":true}""", Spec["note"]!);
        var text = Definition.ToJsonString();
        Assert.Equal(1, text.Split("nullable").Length - 1);
        Assert.DoesNotContain("$ref", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"default\":null", text, StringComparison.Ordinal);
        Assert.DoesNotContain("preserve", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Columns_come_from_properties_and_from_the_class() => Same(
        """
        [{"name":"size","type":"integer","jsonPath":".spec.size"},
         {"name":"Since","type":"date","priority":1,"jsonPath":".status.since"},
         {"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}]
        """, Version["additionalPrinterColumns"]!);

    [Fact]
    public void The_generated_text_is_deterministic_and_can_be_parsed()
    {
        var yaml = KubernetesYaml.Serialize(Definition);
        Assert.Equal(
            yaml, KubernetesYaml.Serialize(CustomResourceDefinition.Generate<Widget>(KubernetesJson.Options(WidgetJsonContext.Default))));
        Assert.True(JsonNode.DeepEquals(Definition, Assert.Single(KubernetesYaml.LoadAll(yaml))), yaml);
    }

    private static void Same(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual),
            $"expected {JsonNode.Parse(expected)!.ToJsonString()}, got {actual.ToJsonString()}");
}
