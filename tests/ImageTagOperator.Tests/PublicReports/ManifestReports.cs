using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>Manifests of tools and people that some parser misread.</summary>
public sealed class ManifestReports
{
    private const string Good = """
        apiVersion: imagetags.io/v1alpha1
        kind: ImageTagSet
        metadata: {name: one, namespace: images}
        spec:
          cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
          image: {name: ubuntu-24.04}
          tags: [golden]

        """;

    // helm/helm#8784
    [Theory]
    [InlineData("[golden, ~]", 7, "spec.tags[1] must be of type string, and is empty.")]
    [InlineData("[golden, null]", 7, "spec.tags[1] must be of type string, and is empty.")]
    [InlineData("\n  - golden\n  -", 9, "spec.tags[1] must be of type string, and is empty.")]
    public async Task A_list_item_that_a_template_left_empty_is_named(string tags, int line, string expected) =>
        await IsToldAsync(Good.Replace("[golden]", tags, StringComparison.Ordinal),
            $"sets.yaml:{line}: document 1, ImageTagSet images/one: {expected}\n", 1);

    // helm/helm#11800, helm/helm#8978; helm/helm#11488, helm/helm#1558, helm/helm#2693, helm/helm#4194
    [Theory]
    [InlineData("24.10")]
    [InlineData("1.20")]
    [InlineData("yes")]
    [InlineData("on")]
    [InlineData("0755")]
    [InlineData("0o7")]
    [InlineData("1_000")]
    [InlineData("2.0")]
    [InlineData("20161115.1")]
    [InlineData("0474915")]
    [InlineData("0e1234")]
    public async Task A_tag_that_YAML_reads_as_another_type_must_be_quoted_as_written(string tag) => await IsToldAsync(
        Good.Replace("[golden]", $"[golden, {tag}]", StringComparison.Ordinal), $"put it in quotes, '{tag}'.\n", 1);

    // kubernetes/kubernetes#8362
    [Theory]
    [InlineData("{}{}", 2)]
    [InlineData("{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}\n", 3)]
    [InlineData("{\n  \"a\": \"}{\"\n}\n\n{\"b\": [1, 2]}", 2)]
    [InlineData("{\"a\": 1}", 1)]
    [InlineData("{a: 1}\n---\n{a: 2}\n", 2)]
    public void JSON_documents_back_to_back_are_a_stream(string text, int documents) =>
        Assert.Equal(documents, KubernetesYaml.LoadDocuments(text).Count);

    // istio/old_pilot_repo#1108
    [Fact]
    public async Task An_error_in_a_JSON_stream_names_the_line_of_the_stream()
    {
        using var run = new CommandRun();
        const string set = """
            {"apiVersion": "imagetags.io/v1alpha1", "kind": "ImageTagSet", "metadata": {"name": "NAME"},
             "spec": {"cloudCredentialsRef": {"secretName": "s", "cloudName": "c"}, "image": {"name": "i"},
              "tags": TAGS}}

            """;
        var stream = set.Replace("NAME", "a", StringComparison.Ordinal).Replace("TAGS", "[\"x\"]", StringComparison.Ordinal)
            + set.Replace("NAME", "b", StringComparison.Ordinal).Replace("TAGS", "[1]", StringComparison.Ordinal);
        var (code, output, _) = await run.TypeAsync("validate -f -", stream);
        Assert.Equal((1,
            "-:6: document 2, ImageTagSet b: spec.tags[0] must be of type string, and is of type integer: put it in quotes, '1'.\n2 "
            + "ImageTagSets checked, 1 error.\n"), (code, output));
    }

    // kubernetes/kubernetes#39007
    [Fact]
    public async Task A_byte_order_mark_on_standard_input_is_skipped()
    {
        using var run = new CommandRun();
        Assert.Equal((0, "1 ImageTagSet checked, all good.\n", ""), await run.TypeAsync("validate -f -", "\uFEFF" + Good));
    }

    // fluxcd/flux2#1126
    [Theory]
    [InlineData("kind: ImageTagSet", "kind: ImageTagset", "kind is ImageTagset; did you mean ImageTagSet?")]
    [InlineData("kind: ImageTagSet", "kind: ImageTagSets", "kind is ImageTagSets; did you mean ImageTagSet?")]
    [InlineData("imagetags.io", "image-tags.io", "apiVersion is image-tags.io/v1alpha1; did you mean imagetags.io/v1alpha1?")]
    [InlineData("apiVersion: imagetags.io/v1alpha1\n", "", "apiVersion is missing; write imagetags.io/v1alpha1.")]
    [InlineData("kind: ImageTagSet\n", "", "kind is missing; write ImageTagSet.")]
    public async Task An_object_that_is_almost_an_ImageTagSet_is_not_skipped(string right, string wrong, string expected) =>
        await IsToldAsync(Good.Replace(right, wrong, StringComparison.Ordinal), expected, 1);

    // fluxcd/kustomize-controller#476
    [Fact]
    public async Task A_file_with_an_unusual_extension_is_read_and_reported()
    {
        using var run = new CommandRun();
        run.Write("sets/one.YAML", Good);
        var (code, output, _) = await run.TypeAsync("validate -f sets");
        Assert.Equal((0,
            "sets/one.YAML:1: document 1: warning: the file name ends in .YAML, and of a folder kubectl and Argo CD read .yaml, .yml, "
            + ".json only. Rename it.\n1 ImageTagSet checked, 1 warning.\n"), (code, output));
    }

    // argoproj/argo-cd#16600, devshawn/kafka-gitops#17
    [Theory]
    [InlineData("tags: [golden]", "tags: []", "warning: spec.tags is empty, and policy Exact takes every tag from the images.")]
    [InlineData("tags: [golden]", "tags: [golden]\n  ignoreTags: ['gold*']",
        "warning: spec.ignoreTags 'gold*' matches a tag of spec.tags: when you remove that tag from spec.tags, it stays on the images.")]
    [InlineData("image: {name: ubuntu-24.04}", "image: {selector: {status: aktive}}",
        "warning: spec.image.selector.status is 'aktive', and Glance has no such status, so that no image matches.")]
    [InlineData("image: {name: ubuntu-24.04}", "image: {name: ubuntu-*}",
        "warning: spec.image.name 'ubuntu-*' is read as it is written, not as a glob.")]
    [InlineData("tags: [golden]", "tags: ['golden, lts']", "warning: spec.tags 'golden, lts' is one tag with a comma in it.")]
    public async Task Unlikely_intentions_cause_a_warning(string usual, string odd, string expected) =>
        await IsToldAsync(Good.Replace(usual, odd, StringComparison.Ordinal), expected, 0);

    // fluxcd/flux#1144
    [Fact]
    public async Task The_error_for_an_interval_without_a_unit_lists_the_units() =>
        await IsToldAsync(Good + "  interval: 10\n", "spec.interval must have a unit: 10s, 10m or 10h.", 1);

    // shopware/helm-charts#268
    [Fact]
    public async Task One_file_that_is_not_YAML_hides_no_other()
    {
        using var run = new CommandRun();
        run.Write("sets/a.yaml", "kind: ImageTagSet\nspec: {tags: [a\n");
        run.Write("sets/b.yaml", Good.Replace("tags:", "tag:", StringComparison.Ordinal));
        run.Write("sets/c.yaml", Good);
        var (code, output, _) = await run.TypeAsync("validate -f sets");
        Assert.Equal(1, code);
        Assert.Contains("sets/a.yaml: line 3, column 1: ", output, StringComparison.Ordinal);
        Assert.Contains("sets/b.yaml:7: document 1, ImageTagSet images/one: spec.tag is not a field", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Object reference", output, StringComparison.Ordinal);
    }

    // helm/helm#30189, cdk8s-team/cdk8s-core#1233
    [Theory]
    [InlineData("version: 1.20", "metadata.labels.version must be of type string, and is of type number: put it in quotes, '1.20'.")]
    [InlineData("build: 123456789", "metadata.labels.build must be of type string, and is of type integer: put it in quotes, '123456789'.")]
    [InlineData("app.kubernetes.io/version: 1.20",
        "metadata.labels.app.kubernetes.io/version must be of type string, and is of type number: put it in quotes, '1.20'.")]
    public async Task A_label_that_is_not_a_string_is_named_with_its_line(string label, string expected) => await IsToldAsync(
        Good.Replace("{name: one, namespace: images}", $"\n  name: one\n  namespace: images\n  labels:\n    tier: a\n    {label}",
            StringComparison.Ordinal),
        $"sets.yaml:8: document 1, ImageTagSet images/one: {expected}\n", 1);

    // astronomer/docs#261, Azure/acr-builder#446
    [Theory]
    [InlineData("  tags: [golden]", "\u00a0 tags: [golden]", "sets.yaml:7: ")]
    [InlineData("  tags: [golden]", "\u00a0\u00a0tags: [golden]", "sets.yaml:7: ")]
    [InlineData("tags: [golden]", "tags:\u00a0[golden]", "sets.yaml: line 7, ")]
    [InlineData("tags: [golden]", "tags: [golden,\u00a0lts]", "sets.yaml:7: ")]
    [InlineData("tags: [golden]", "tags: [golden,\u00a0lts]", "\\xa0lts")]
    [InlineData("tags: [golden]", "tags: [golden, \u3000lts]", "\\u{3000}lts")]
    [InlineData("tags: [golden]", "tags:\n  -\u00a0golden", "sets.yaml: line 8, ")]
    [InlineData("tags: [golden]", "tags:\n  -\u00a0golden\n\n  # how to proceed\n  policy: Exact", "sets.yaml: line 8, column 3: ")]
    public async Task A_no_break_space_is_reported_with_its_line(string right, string wrong, string expected) =>
        await IsToldAsync(Good.Replace(right, wrong, StringComparison.Ordinal), expected, 1);

    private static async Task IsToldAsync(string manifest, string expected, int code)
    {
        using var run = new CommandRun();
        run.Write("sets.yaml", manifest);
        var (ended, output, error) = await run.TypeAsync("validate -f sets.yaml");
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Equal((code, ""), (ended, error));
    }
}
